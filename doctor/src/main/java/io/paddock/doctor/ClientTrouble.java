package io.paddock.doctor;

import io.paddock.config.ClientFile;
import io.paddock.config.ConfigException;
import io.paddock.machine.TlsException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What is wrong with a client's TLS and login, in one line: the first error that {@code paddock tls
 * check} finds, with its remedy. For programs on ZooKeeper's client that did not come through.
 */
public final class ClientTrouble {
  private static final int TIMEOUT_MS = 2000;

  private ClientTrouble() {}

  /**
   * Looks at a server as the client that is set up so; takes some seconds at the most.
   *
   * @param file that says which stores there are; empty when properties do
   * @param properties system properties, with what the client's configuration says
   * @return empty when TLS has nothing to do with it
   */
  public static Optional<String> connection(
      String host, int port, Optional<Path> file, Map<String, String> properties) {
    if (!"true".equals(properties.get("zookeeper.client.secure"))) {
      return speaksTls(host, port)
          ? Optional.of("this port speaks TLS: use --tls FILE")
          : Optional.empty();
    }
    ClientFile client;
    try {
      client = file.isPresent() ? ClientFile.read(file.get()) : ClientFile.of(properties);
    } catch (ConfigException e) {
      return Optional.of(e.getMessage());
    }
    return first(new TlsClientCheck(host, port, Optional.of(client), Clock.systemUTC()).examine());
  }

  /**
   * Looks at a login without asking anybody.
   *
   * @param properties as above
   * @return empty when nothing is wrong, and when there is none
   */
  public static Optional<String> login(Map<String, String> properties) {
    boolean fips = !"false".equals(properties.get("zookeeper.fips-mode"));
    return first(TlsCheck.login(Optional.empty(), fips, properties));
  }

  /** System properties and, above them, those of the official client's configuration. */
  public static Map<String, String> properties(Map<String, String> system, Optional<Path> file) {
    Map<String, String> all = new HashMap<>(system);
    if (file.isPresent()) {
      Properties more = new Properties();
      try (InputStream in = Files.newInputStream(file.get())) {
        more.load(in);
      } catch (IOException | IllegalArgumentException e) {
        return all; // told by whoever made a client of it
      }
      more.stringPropertyNames().forEach(name -> all.put(name, more.getProperty(name).trim()));
    }
    return all;
  }

  private static boolean speaksTls(String host, int port) {
    try {
      InetAddress address = InetAddress.getByName(host);
      TlsAnswer answer = TlsAnswer.of(address, port, Optional.empty(), List.of(), "", TIMEOUT_MS);
      return answer.kind() == TlsAnswer.Kind.TLS;
    } catch (IOException | TlsException e) {
      return false;
    }
  }

  private static Optional<String> first(List<Diagnosis> found) {
    return found.stream()
        .filter(each -> each.level() == Diagnosis.Level.ERROR)
        .findFirst()
        .map(each -> each.finding() + ": " + each.remedy());
  }
}
