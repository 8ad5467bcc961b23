/**
 * The filter in a Spring Boot application, loaded only where Spring Boot is. Start with {@link
 * dev.latchkey.filter.spring.LatchkeyAutoConfiguration}.
 */
@NullMarked
package dev.latchkey.filter.spring;

import org.jspecify.annotations.NullMarked;
