package io.paddock.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;

/** What is told of a client's own TLS and login when they do not work. */
final class ConnectionCauses {
  private static final String SECURE = "zookeeper.client.secure";

  private final Optional<Path> file;
  private final Optional<ConnectionAdvisor> advisor =
      ServiceLoader.load(ConnectionAdvisor.class).findFirst();

  /**
   * @param clientConfiguration of the official client, or null
   */
  ConnectionCauses(String clientConfiguration) {
    file = Optional.ofNullable(clientConfiguration).map(Path::of);
  }

  /** Whether the client speaks TLS. */
  boolean secure() {
    Properties properties = new Properties();
    properties.putAll(System.getProperties());
    if (file.isPresent()) {
      try (InputStream in = Files.newInputStream(file.get())) {
        properties.load(in);
      } catch (IOException | IllegalArgumentException e) {
        return false; // told when the client was made
      }
    }
    return Boolean.parseBoolean(properties.getProperty(SECURE));
  }

  /** Why the client does not come through there; empty when TLS has nothing to do with it. */
  Optional<String> connection(String host, int port) {
    if (advisor.isPresent()) {
      return advisor.get().connection(host, port, file);
    }
    return secure()
        ? Optional.of(
            "./paddock tls check --connect "
                + host
                + ":"
                + port
                + " --tls FILE tells what is wrong")
        : Optional.empty();
  }

  /** What is wrong with the client's login, as far as can be seen here. */
  Optional<String> login() {
    return advisor.flatMap(found -> found.login(file));
  }

  /** What to say when a login has failed; empty for a client that does not try one by SASL. */
  Optional<String> failedLogin() {
    if (System.getProperty("java.security.auth.login.config") == null) {
      return Optional.empty(); // An identity was refused that somebody has just typed.
    }
    return login()
        .or(
            () ->
                Optional.of(
                    "a wrong password, an unknown user, or no ticket (klist); the server's log says"
                        + " which"));
  }
}
