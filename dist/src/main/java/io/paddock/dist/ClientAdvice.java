package io.paddock.dist;

import io.paddock.doctor.ClientTrouble;
import io.paddock.shell.ConnectionAdvisor;
import io.paddock.tasks.ConnectAdvisor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Has the shell and the commands of tasks tell what the doctor knows; both find it as a service.
 */
public final class ClientAdvice implements ConnectionAdvisor, ConnectAdvisor {
  private final Map<String, String> system = Launch.read().properties();

  @Override
  public Optional<String> connection(String host, int port, Optional<Path> file) {
    Map<String, String> properties = ClientTrouble.properties(system, file);
    Optional<Path> stores =
        file.or(() -> Optional.ofNullable(properties.get("paddock.client.tls")).map(Path::of));
    return ClientTrouble.connection(host, port, stores, properties);
  }

  @Override
  public Optional<String> login(Optional<Path> file) {
    return ClientTrouble.login(ClientTrouble.properties(system, file));
  }
}
