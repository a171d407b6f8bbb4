package io.paddock.server;

import io.paddock.journal.Journal;

/**
 * What operators connect to beside the client port: AdminServer, Prometheus, and the purge of old
 * files.
 */
final class OperatorPorts implements AutoCloseable {
  OperatorPorts(ZooCfg config, ServerStatus status, Journal journal, FourLetterWords words) {}

  void open() throws StartException {}

  @Override
  public void close() {}
}
