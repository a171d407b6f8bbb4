package io.paddock.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The password of a store, as it was written or in a file of its own, which is read anew each time:
 * where certificates are exchanged, it may be exchanged with them. Never shows it. Any thread.
 */
public final class StorePassword {
  private final String given;
  private final Path file;

  private StorePassword(String given, Path file) {
    this.given = given;
    this.file = file;
  }

  /** One that was written into the configuration; the empty one is none. */
  public static StorePassword of(String password) {
    return new StorePassword(password, null);
  }

  /** One that a file holds, but for its line's end. */
  public static StorePassword in(Path file) {
    return new StorePassword("", file);
  }

  /**
   * One that a variable of the environment holds, which is called as the key with {@code ZOO_}
   * before it, in capitals: {@code ZOO_SSL_KEYSTORE_PASSWORD} for {@code ssl.keyStore.password}.
   * Without the variable there is none.
   */
  static StorePassword inEnvironment(String key, Map<String, String> environment) {
    String name = "ZOO_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
    return of(environment.getOrDefault(name, ""));
  }

  /** The file that holds it. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /**
   * The password; empty for none.
   *
   * @throws IOException when its file cannot be read
   */
  public char[] read() throws IOException {
    if (file == null) {
      return given.toCharArray();
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    int end = text.length();
    // One line's end, of whatever system: Apache's server leaves a \r, which nobody means.
    if (text.endsWith("\r\n")) {
      end -= 2;
    } else if (text.endsWith("\n")) {
      end--;
    }
    return text.substring(0, end).toCharArray();
  }

  @Override
  public String toString() {
    return file == null ? given.isEmpty() ? "none" : "***" : "in " + file;
  }
}
