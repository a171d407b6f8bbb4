package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A client's properties ({@code -client-configuration} of Apache's, {@code --tls} here), or a
 * zoo.cfg from which a client takes its stores: the keys {@code ssl.*}, with or without {@code
 * zookeeper.} before them.
 *
 * @param file where they stand
 * @param tls stores and protocols
 * @param asksForTls whether the file itself has Apache's client speak TLS
 * @param socket class that Apache's client connects with; empty when the file does not say
 */
public record ClientFile(Path file, TlsConfig tls, boolean asksForTls, String socket) {

  /**
   * Reads it.
   *
   * @throws ConfigException when it cannot be read, or says what no client takes
   */
  public static ClientFile read(Path file) throws ConfigException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new ConfigException(CauseWords.ofReading(file, e));
    }
    // Line by line, so that what is wrong is told with its place.
    String keys = text.replaceAll("(?m)^(\\s*)zookeeper\\.", "$1");
    ConfigSource source = ConfigSource.ofText(String.valueOf(file.getFileName()), keys, Map.of());
    return new ClientFile(
        file,
        new TlsReader(source).client(),
        value(source, "client.secure").equalsIgnoreCase("true"),
        value(source, "clientCnxnSocket"));
  }

  /**
   * The same of a client's system properties.
   *
   * @throws ConfigException when they say what no client takes
   */
  public static ClientFile of(Map<String, String> properties) throws ConfigException {
    Map<String, String> keys = new HashMap<>();
    properties.forEach(
        (name, value) -> {
          if (name.startsWith("zookeeper.")) {
            keys.put(name.substring("zookeeper.".length()), value);
          }
        });
    ConfigSource source = ConfigSource.ofMap(keys, Map.of());
    return new ClientFile(
        Path.of("CLIENT_JVMFLAGS"),
        new TlsReader(source).client(),
        value(source, "client.secure").equalsIgnoreCase("true"),
        value(source, "clientCnxnSocket"));
  }

  private static String value(ConfigSource source, String key) {
    for (Setting setting : source.fileSettings()) {
      if (setting.key().equals(key)) {
        return setting.value();
      }
    }
    return "";
  }
}
