package io.paddock.oracle;

/** A running server that tests talk to over loopback; closing it is orderly and keeps its files. */
interface ServerUnderTest extends AutoCloseable {

  /** The client port on loopback. */
  int port();

  /** The AdminServer's port; -1 when there is none. */
  default int adminPort() {
    return -1;
  }

  default String connectString() {
    return "127.0.0.1:" + port();
  }

  /** Heap in use in bytes after a collection, or -1 when the server has a process of its own. */
  default long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Override
  void close();
}
