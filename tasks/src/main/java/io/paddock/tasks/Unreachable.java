package io.paddock.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.zookeeper.client.ConnectStringParser;

/** That no server of a connect string could be used, and what to do about it. */
final class Unreachable {
  private Unreachable() {}

  static TasksException of(String connect) {
    List<String> causes = new ArrayList<>();
    Optional<ConnectAdvisor> advisor = ServiceLoader.load(ConnectAdvisor.class).findFirst();
    for (var address : new ConnectStringParser(connect).getServerAddresses()) {
      String host = address.getHostString();
      advisor
          .flatMap(found -> found.connection(host, address.getPort(), Optional.empty()))
          .ifPresent(cause -> causes.add(host + ":" + address.getPort() + ": " + cause));
    }
    return new TasksException(
        ExitCode.UNREACHABLE,
        causes.isEmpty()
            ? "no server answers at " + connect + "; is one running there? (paddock up starts one)"
            : "cannot use " + String.join("; ", causes));
  }
}
