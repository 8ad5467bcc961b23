/** What {@code mvn -Prun} runs. Start with {@link dev.latchkey.run.Run}. */
package dev.latchkey.run;
