package io.paddock.oracle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.ZooKeeperMain;

/** Apache's zkCli as the main class of a child process: takes the lines of standard input. */
final class ZkCliLines extends ZooKeeperMain {
  private ZkCliLines(String[] arguments) throws IOException, InterruptedException {
    super(arguments);
  }

  /** Arguments are those of zkCli. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var shell = new ZkCliLines(arguments);
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = input.readLine()) != null; ) {
      shell.executeLine(line);
    }
    System.exit(0);
  }
}
