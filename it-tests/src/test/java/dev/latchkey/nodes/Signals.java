package dev.latchkey.nodes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Signals that the JDK does not send. */
final class Signals {

  private Signals() {}

  static void send(String signal, List<ProcessHandle> processes) throws IOException {
    if (processes.isEmpty()) {
      return;
    }
    List<String> words = new ArrayList<>(List.of("kill", "-" + signal));
    processes.forEach(each -> words.add(String.valueOf(each.pid())));
    Process kill = new ProcessBuilder(words).redirectErrorStream(true).start();
    kill.getInputStream().readAllBytes();
    kill.onExit().join();
  }
}
