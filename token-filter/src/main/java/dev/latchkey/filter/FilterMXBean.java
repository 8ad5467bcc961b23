package dev.latchkey.filter;

import java.util.Map;

/**
 * What JMX shows of the filters of an application, as {@code dev.latchkey:type=Filter,context=…}.
 * The same values as the metrics of docs/operations/metrics.md.
 */
public interface FilterMXBean {

  /** {@code up}, or {@code down} when tokens can't be checked. */
  String getStatus();

  /** Requests by the outcome of the check. */
  Map<String, Long> getChecks();

  /** Questions to the database for a token that were answered. */
  long getLookups();

  /** Questions to the database for a token that were not answered. */
  long getFailedLookups();

  /** Seconds that the database took for all of them. */
  double getLookupSeconds();

  /** Checks that were answered from memory. */
  long getCacheHits();

  /** Checks that found no usable answer in memory. */
  long getCacheMisses();

  /** Active tokens in memory, about. */
  long getActiveEntries();

  /** Refused token ids in memory, about. */
  long getRefusedEntries();

  /** Seconds since the change feed was last read to its end. */
  double getFeedAgeSeconds();

  /** The number of the last change seen. */
  long getFeedPosition();

  /** Seconds that this clock is ahead of the database's. */
  double getClockOffsetSeconds();

  /** Uses counted that are not in the database yet. */
  long getUsageUnwritten();
}
