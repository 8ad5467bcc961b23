package dev.latchkey.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The load driver, a program of its own: keeps so many connections busy and counts. It stays on the
 * first processor, so that it takes nothing from what it asks.
 */
final class Wrk {

  private static final String NAME = "wrk";
  private static final String PROCESSOR = "0";
  private static final int CONNECTIONS = 16;
  private static final String SCRIPT =
      """
      local requests = {}
      local last = 0
      init = function(args)
        for token in io.lines(args[1]) do
          requests[#requests + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token })
        end
      end
      request = function()
        last = last % #requests + 1
        return requests[last]
      end
      done = function(summary, latency, requests)
        local e = summary.errors
        io.write(string.format("\\nresult %d %d %d %d %d\\n", summary.requests, summary.duration,
          latency:percentile(50), latency:percentile(99), e.status))
      end
      """;

  private final Path script;
  private final Path tokens;

  /** A driver that sends these tokens in turn. */
  Wrk(Path folder, List<String> tokens) throws IOException {
    this.script = Files.writeString(folder.resolve("wrk.lua"), SCRIPT);
    this.tokens = Files.write(folder.resolve("wrk.txt"), tokens);
  }

  /**
   * What was measured.
   *
   * @param answers how many
   * @param perSecond answers
   * @param p50 of the time to an answer, in milliseconds
   */
  record Load(double answers, double perSecond, double p50, double p99) {}

  /** Whether it is there. */
  static boolean installed() {
    try {
      new ProcessBuilder(NAME, "-v")
          .redirectErrorStream(true)
          .start()
          .getInputStream()
          .readAllBytes();
      return true;
    } catch (IOException none) {
      return false;
    }
  }

  static int connections() {
    return CONNECTIONS;
  }

  /**
   * Asks for so many seconds.
   *
   * @throws IOException when more than one in a hundred is answered otherwise than 200
   */
  Load load(URI uri, int seconds) throws IOException {
    Process process =
        new ProcessBuilder(
                "taskset",
                "-c",
                PROCESSOR,
                NAME,
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + seconds + "s",
                "--timeout",
                "60s",
                "-s" + script,
                uri.toString(),
                "--",
                tokens.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] result =
        said.lines()
            .filter(line -> line.startsWith("result "))
            .findFirst()
            .orElseThrow(() -> new IOException(said))
            .split(" ", -1);
    if (100 * Long.parseLong(result[5]) > Long.parseLong(result[1])) {
      throw new IOException(uri + " was answered otherwise: " + said);
    }
    double answers = Double.parseDouble(result[1]);
    return new Load(
        answers,
        answers / (Double.parseDouble(result[2]) / 1e6),
        Double.parseDouble(result[3]) / 1e3,
        Double.parseDouble(result[4]) / 1e3);
  }
}
