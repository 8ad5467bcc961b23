package dev.latchkey.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What is in use on the heap of this process after a collection, by class.
 *
 * @param bytes by the name of the class
 */
record HeapHistogram(Map<String, Long> bytes) {

  /** A class, and how many bytes its objects take more than before. */
  record Growth(String type, long bytes) {}

  static HeapHistogram now() throws JMException {
    String text =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    Map<String, Long> bytes = new HashMap<>();
    text.lines()
        .map(line -> line.strip().split("\\s+", -1))
        // "  1:  2000  96000  java.lang.String (java.base@17)"
        .filter(words -> words.length >= 4 && words[0].endsWith(":"))
        .forEach(words -> bytes.merge(words[3], Long.parseLong(words[2]), Long::sum));
    return new HeapHistogram(bytes);
  }

  long total() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What grew since then, most first. */
  List<Growth> since(HeapHistogram earlier) {
    List<Growth> grown = new ArrayList<>();
    bytes.forEach(
        (type, now) -> grown.add(new Growth(type, now - earlier.bytes.getOrDefault(type, 0L))));
    grown.removeIf(growth -> growth.bytes <= 0);
    grown.sort(Comparator.comparingLong(Growth::bytes).reversed());
    return grown;
  }
}
