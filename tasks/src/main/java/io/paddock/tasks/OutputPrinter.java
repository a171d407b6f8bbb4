package io.paddock.tasks;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Prints the output of a task, each part once, from the tails in its heartbeats and in its result.
 */
final class OutputPrinter {
  private final PrintWriter out;
  private final boolean shows;
  private int attempt;
  private long shown;

  OutputPrinter(PrintWriter out, boolean shows) {
    this.out = out;
    this.shows = shows;
  }

  void heartbeat(Progress progress) {
    show(progress.attempt(), progress.output(), progress.outputBytes());
  }

  void end(TaskView view) {
    Attempt last = view.result() == null ? null : view.result().last();
    if (last != null) {
      show(last.number(), last.output(), last.outputBytes());
    }
  }

  private void show(int number, String tail, long total) {
    if (number != attempt) {
      attempt = number;
      shown = 0;
    }
    if (!shows || tail == null || total <= shown) {
      return;
    }
    byte[] bytes = tail.getBytes(StandardCharsets.UTF_8);
    long fresh = total - shown;
    if (fresh > bytes.length) {
      out.println("[... " + (fresh - bytes.length) + " bytes of output are not kept]");
      fresh = bytes.length;
    }
    int from = (int) (bytes.length - fresh);
    out.print(new String(bytes, from, (int) fresh, StandardCharsets.UTF_8));
    out.flush();
    shown = total;
  }
}
