package io.paddock.config;

import io.paddock.config.ConfigSource.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a server's data is, as its configuration names it.
 *
 * @param dataDir snapshots, and whatever else is the server's own
 * @param dataLogDir the transaction log
 */
public record JournalPaths(Path dataDir, Path dataLogDir) {
  /** Apache's name of the subdirectory that says which file formats are in it. */
  public static final String VERSION = "version-2";

  /** Most likely; a bare one, as in /data#1, is part of a name. */
  private static final Pattern COMMENT = Pattern.compile("\\s#|#\\s");

  public static JournalPaths of(ConfigSource source) throws ConfigException {
    Path dataDir = path(source, "dataDir").orElse(null);
    if (dataDir == null) {
      throw source.missing("dataDir", "/var/lib/zookeeper");
    }
    return new JournalPaths(dataDir, path(source, "dataLogDir").orElse(dataDir));
  }

  /** The path that a key holds, if it is there. */
  static Optional<Path> path(ConfigSource source, String key) throws ConfigException {
    Optional<Setting> setting = source.find(key).filter(s -> !s.value().isEmpty());
    if (setting.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path path = path(setting.get().value());
      tellComment(source, setting.get(), path);
      return Optional.of(path);
    } catch (InvalidPathException e) {
      throw ConfigSource.wrong(
          setting.get(),
          "is not a path: "
              + e.getReason()
              + "; names that are not ASCII need a locale such as LC_ALL=C.UTF-8");
    }
  }

  /**
   * Else a comment behind a value, or a line that was appended to a file without a line end, starts
   * the server on an empty tree beside its data. What is there already keeps working: Apache's
   * server made it.
   */
  private static void tellComment(ConfigSource source, Setting setting, Path path)
      throws ConfigException {
    if (!COMMENT.matcher(setting.value()).find()) {
      return;
    }
    if (!Files.exists(path)) {
      throw ConfigSource.wrong(setting, "names nothing that is there");
    }
    source.warn(
        setting.place()
            + ": the # and what follows it are part of the name "
            + path
            + "; a comment needs a line of its own");
  }

  /**
   * The file was read as Latin-1, as Apache's server reads it, which makes other names of those
   * that are not ASCII. Where such a name is a directory already, Apache's server made it; else the
   * name is what its writer saw.
   */
  private static Path path(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    String seen = new String(bytes, StandardCharsets.UTF_8);
    boolean isUtf8 = Arrays.equals(seen.getBytes(StandardCharsets.UTF_8), bytes);
    if (seen.equals(value) || !isUtf8) {
      return Path.of(value);
    }
    Path asApache = pathOrNull(value);
    return asApache != null && Files.exists(asApache) ? asApache : Path.of(seen);
  }

  private static Path pathOrNull(String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
