package io.paddock.frontend;

/** Who decides whether one more client may come in now. Any thread. */
public interface ConnectionGate {
  /** Lets everybody in. */
  ConnectionGate OPEN = renewal -> true;

  /**
   * A ConnectRequest has come.
   *
   * @param renewal whether the client has a session already
   * @return false to close its connection without a reply
   */
  boolean admits(boolean renewal);
}
