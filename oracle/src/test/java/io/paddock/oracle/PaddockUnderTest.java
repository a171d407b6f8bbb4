package io.paddock.oracle;

import io.paddock.testkit.EmbeddedServer;

/** Paddock's server inside this process. */
final class PaddockUnderTest implements ServerUnderTest {
  private final EmbeddedServer server;

  private PaddockUnderTest(EmbeddedServer server) {
    this.server = server;
  }

  static ServerUnderTest start(ServerSpec spec) {
    EmbeddedServer.Builder builder = EmbeddedServer.builder();
    spec.settings().forEach(builder::set);
    if (spec.dataDir() != null) {
      builder.dataDir(spec.dataDir());
    }
    return new PaddockUnderTest(builder.start());
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public int adminPort() {
    return server.server().adminPort();
  }

  @Override
  public void close() {
    server.close();
  }
}
