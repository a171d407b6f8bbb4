package io.paddock.server;

/**
 * {@link ServerMain} under the name by which monitoring and stop scripts look for a ZooKeeper
 * server's process: {@code jps | grep QuorumPeerMain}, {@code pgrep -f QuorumPeerMain}. The scripts
 * start it; nothing of Paddock looks for a process by this name alone.
 */
public final class QuorumPeerMain {
  private QuorumPeerMain() {}

  /** Runs a server until the process is told to end, and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(ServerMain.run(arguments));
  }
}
