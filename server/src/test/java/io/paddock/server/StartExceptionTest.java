package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a client port that cannot be had. */
class StartExceptionTest {
  private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 2181);

  @TempDir Path directory;

  @Test
  void anAddressOfAnotherMachineIsToldByName() {
    assertThatThrownBy(
            () ->
                PaddockServer.start(
                        ZooCfg.of(
                            Map.of(
                                "dataDir", directory.toString(),
                                "clientPort", "0",
                                "clientPortAddress", "192.0.2.1",
                                "admin.enableServer", "false"),
                            Map.of()),
                        () -> {})
                    .close())
        .isInstanceOfSatisfying(
            StartException.class, refused -> assertThat(refused.isPortInUse()).isFalse())
        .hasMessageContaining("clientPortAddress 192.0.2.1 is no address of this machine");
  }

  @Test
  void aPortThatIsTakenIsToldFromOneThatMayNotBeHad() {
    StartException taken =
        StartException.bind(ADDRESS, new BindException("Address already in use"));
    assertThat(taken.isPortInUse()).isTrue();
    assertThat(taken).hasMessageContaining("is in use");
    StartException forbidden = StartException.bind(ADDRESS, new BindException("Permission denied"));
    assertThat(forbidden.isPortInUse()).isFalse();
    assertThat(forbidden).hasMessageContaining("CAP_NET_BIND_SERVICE");
  }
}
