package io.paddock.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.ZooKeeperMain;

/**
 * Apache's zkCli driven line by line, as the main class of a child process: it marks both streams
 * before each command and prints the exit code after it, so that two shells' output can be laid
 * side by side.
 */
final class ApacheShell extends ZooKeeperMain {

  private ApacheShell(String[] arguments) throws IOException, InterruptedException {
    super(arguments);
  }

  /** Arguments are those of zkCli; commands are read from standard input, one per line. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var shell = new ApacheShell(arguments);
    String thread = Thread.currentThread().getName();
    EventDrain.await(shell.zk, thread);
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int index = 0;
    for (String line; (line = input.readLine()) != null; index++) {
      System.out.println(Transcript.marker(index));
      System.err.println(Transcript.marker(index));
      try {
        shell.executeLine(line);
      } catch (RuntimeException e) {
        System.err.println(Transcript.CRASH + e);
        shell.commandCount++; // as if it had lived
      }
      EventDrain.await(shell.zk, thread);
      System.out.println(Transcript.exitLine(shell.exitCode));
    }
    System.exit(0);
  }
}
