package io.paddock.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * TLS of the official client by one file: a server's zoo.cfg or a client's properties, of which the
 * keys {@code ssl.*}, with or without {@code zookeeper.} before them, say which stores there are.
 */
final class ClientTls {
  private static final String PREFIX = "zookeeper.";

  /** Where what explains a failed connection finds the file's name. */
  private static final String FILE = "paddock.client.tls";

  private ClientTls() {}

  /**
   * Has all clients of this process speak TLS.
   *
   * @throws CommandFailure when the file cannot be read
   */
  static void use(String file) throws CommandFailure {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      String why = Files.isDirectory(Path.of(file)) ? "it is a directory" : e.getMessage();
      throw new CommandFailure("--tls: cannot read " + file + ": " + why, 2);
    }
    System.setProperty("zookeeper.client.secure", "true");
    System.setProperty("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
    System.setProperty(FILE, String.valueOf(file));
    for (String key : properties.stringPropertyNames()) {
      String name = key.startsWith(PREFIX) ? key : PREFIX + key;
      boolean wanted = name.startsWith(PREFIX + "ssl.") && !name.startsWith(PREFIX + "ssl.quorum.");
      if (wanted || name.equals(PREFIX + "fips-mode")) {
        System.setProperty(name, properties.getProperty(key).trim());
      }
    }
  }
}
