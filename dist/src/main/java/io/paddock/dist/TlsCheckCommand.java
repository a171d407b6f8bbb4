package io.paddock.dist;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.paddock.doctor.Diagnosis;
import io.paddock.doctor.TlsCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock tls check}: what is wrong with TLS and logins. */
@Command(
    name = "check",
    description =
        "Check the TLS of a server's configuration: its stores, the names in its certificate, the"
            + " other servers' ports, its JAAS file. With --connect: a client's way to a server."
            + " Nothing is changed. Run it as the user that runs the server. Exit code 0: nothing"
            + " is wrong; 1: something is.")
final class TlsCheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "The zoo.cfg of a server; by default conf/zoo.cfg.")
  private Path config;

  @Option(
      names = "--connect",
      paramLabel = "HOST:PORT",
      description = "Look as a client at this port instead.")
  private String connect;

  @Option(
      names = "--tls",
      paramLabel = "FILE",
      description = "With --connect: the client's stores, as for the shell.")
  private Path tls;

  @Option(
      names = "--jaas",
      paramLabel = "FILE",
      description =
          "The JAAS file; by default the one that java.security.auth.login.config names in"
              + " SERVER_JVMFLAGS, CLIENT_JVMFLAGS or JVMFLAGS.")
  private Path jaas;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    if (connect != null && config != null) {
      throw new ParameterException(spec.commandLine(), "either CONFIG or --connect, not both");
    }
    if (tls != null && connect == null) {
      throw new ParameterException(spec.commandLine(), "--tls goes with --connect HOST:PORT");
    }
    Launch launch = Launch.read();
    List<Diagnosis> found =
        connect == null
            ? TlsCheck.server(
                config == null ? launch.home().resolve("conf").resolve("zoo.cfg") : config,
                properties(launch.serverProperties()))
            : client(launch);
    DiagnosisTable table = new DiagnosisTable(found);
    table.print(spec.commandLine().getOut(), json);
    return table.errors() > 0 ? 1 : 0;
  }

  private Map<String, String> properties(Map<String, String> properties) {
    if (jaas != null) {
      properties.put("java.security.auth.login.config", jaas.toString());
    }
    return properties;
  }

  private List<Diagnosis> client(Launch launch) {
    int colon = connect.lastIndexOf(':');
    try {
      String host = connect.substring(0, colon).replaceAll("^\\[|\\]$", "");
      int port = Integer.parseInt(connect.substring(colon + 1));
      if (port > 0 && port < 65536 && !host.isEmpty()) {
        return TlsCheck.client(
            host, port, Optional.ofNullable(tls), properties(launch.properties()));
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(), "--connect takes HOST:PORT, such as zoo1:2281, not " + connect);
  }
}
