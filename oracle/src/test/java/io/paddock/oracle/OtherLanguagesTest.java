package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are not Java, as Debian packages them; skipped with the reason where not installed.
 */
class OtherLanguagesTest {

  @TempDir Path dir;
  private ServerUnderTest server;

  @BeforeEach
  void start() {
    server = Contender.subject().start(ServerSpec.standard());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void kazooIsServed() throws Exception {
    check(clients().kazoo("kazoo_check.py"));
  }

  @Test
  void theCClientIsServed() throws Exception {
    check(clients().c("c_check.c"));
  }

  private OtherClients clients() {
    return new OtherClients(dir);
  }

  private void check(List<String> program) throws Exception {
    OtherClients.Ended ended = clients().start(program, server.connectString()).end();
    assertThat(ended.output()).endsWith("ok\n");
    assertThat(ended.status()).isZero();
  }
}
