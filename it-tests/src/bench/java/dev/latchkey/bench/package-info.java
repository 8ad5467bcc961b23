/**
 * What a check costs, beside what others' checks cost: {@code mvn -Pbench verify}. Start reading at
 * {@link dev.latchkey.bench.Bench}; {@link dev.latchkey.bench.Peer} says what is compared.
 */
@NullMarked
package dev.latchkey.bench;

import org.jspecify.annotations.NullMarked;
