package io.paddock.oracle;

import java.net.InetSocketAddress;
import java.util.List;

/** How the servers of an {@link EnsembleProcesses} reach each other and are reached by clients. */
interface Links extends AutoCloseable {

  /** What the configuration of server {@code i} says of all servers, and of its own addresses. */
  List<String> lines(int i, int voters, int seats);

  /** What goes before the command that starts server {@code i}. */
  default List<String> prefix(int i) {
    return List.of();
  }

  /** Where clients find server {@code i}. */
  InetSocketAddress client(int i);

  /** From now on nothing that server {@code from} sends arrives at server {@code to}. */
  default void cut(int from, int to) {
    throw new UnsupportedOperationException("these links hold");
  }

  /** Undoes every cut. */
  default void heal() {}

  @Override
  void close();
}
