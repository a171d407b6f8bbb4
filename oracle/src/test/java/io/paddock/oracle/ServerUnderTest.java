package io.paddock.oracle;

/** A running server that tests talk to over loopback; closing it is orderly and keeps its files. */
interface ServerUnderTest extends AutoCloseable {

  /** The client port on loopback. */
  int port();

  default String connectString() {
    return "127.0.0.1:" + port();
  }

  /** Heap in use in bytes after a collection, or -1 when this process cannot tell. */
  default long heapBytes() {
    return -1;
  }

  @Override
  void close();
}
