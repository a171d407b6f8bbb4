package io.paddock.oracle;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a server is to be started: where its files lie, and settings by their zoo.cfg names.
 *
 * @param dataDir data and log directory; null for a fresh temporary one
 * @param settings zoo.cfg keys and values, on top of {@link #STANDARD}
 */
record ServerSpec(Path dataDir, Map<String, String> settings) {

  /** Identity text whose digest {@link #STANDARD} makes the super user. */
  static final String SUPER_AUTH = "super:paddock";

  /**
   * What most tests want: every feature on, no fsync, sessions that never expire during a test.
   * Apache freezes several of these when its classes load, so other values cost a child process.
   */
  static final Map<String, String> STANDARD =
      Map.of(
          "enforceQuota", "true",
          "extendedTypesEnabled", "true",
          "DigestAuthenticationProvider.superDigest", "super:ejTEktBHDg2P+Yhtnvp/bcc3WCE=",
          "4lw.commands.whitelist", "*",
          "forceSync", "no",
          "preAllocSize", "64",
          "tickTime", "60000",
          "maxClientCnxns", "0");

  ServerSpec {
    Map<String, String> all = new TreeMap<>(STANDARD);
    all.putAll(settings);
    settings = Map.copyOf(all);
  }

  static ServerSpec standard() {
    return new ServerSpec(null, Map.of());
  }

  ServerSpec in(Path directory) {
    return new ServerSpec(directory, settings);
  }

  ServerSpec with(String key, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(key, value);
    return new ServerSpec(dataDir, all);
  }

  String get(String key, String otherwise) {
    return settings.getOrDefault(key, otherwise);
  }

  int number(String key, int otherwise) {
    return Integer.parseInt(get(key, Integer.toString(otherwise)));
  }
}
