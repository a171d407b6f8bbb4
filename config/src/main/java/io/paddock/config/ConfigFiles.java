package io.paddock.config;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.InvalidConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files beside a zoo.cfg that hold a membership that changes while servers run (client protocol
 * sheet, section 13.3). Named as Apache's server names them, so that either finds the other's.
 *
 * <pre>
 * zoo.cfg              everything else, and dynamicConfigFile=<i>path of the one in force</i>
 * zoo.cfg.dynamic.V    the lines server, group and weight in force, sorted; V is their version in hex
 * zoo.cfg.dynamic.next the lines that are proposed, with a line version; gone when none are
 * zoo.cfg.bak          zoo.cfg as it was while it held the lines itself
 * </pre>
 *
 * Each is written under another name, forced and renamed. After a crash between two of them zoo.cfg
 * still names the lines of before, and the proposed ones are still in {@code .next}: the ensemble
 * tells this server which of the two are in force.
 *
 * <p>Used by the core's thread: the files are small, and written only when the membership changes.
 */
public final class ConfigFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigFiles.class);

  /** As {@link ZooCfg} reads it. */
  private static final Charset CHARSET = StandardCharsets.ISO_8859_1;

  private static final String DYNAMIC = "dynamicConfigFile";

  private final Path zooCfg;

  /**
   * @param zooCfg the configuration file
   */
  public ConfigFiles(Path zooCfg) {
    this.zooCfg = zooCfg.toAbsolutePath().normalize();
  }

  private Path beside(String suffix) {
    return zooCfg.resolveSibling(zooCfg.getFileName() + suffix);
  }

  private Path next() {
    return beside(".dynamic.next");
  }

  /** The version that a dynamic file's name ends with; 0 when it has none. */
  static long version(Path dynamicFile) {
    String name = String.valueOf(dynamicFile.getFileName());
    try {
      return Long.parseLong(name.substring(name.lastIndexOf('.') + 1), 16);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The proposed configuration; empty when there is none that can be read. */
  Optional<EnsembleConfig> proposed() {
    try {
      return Optional.of(EnsembleConfig.parse(Files.readString(next(), CHARSET)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | InvalidConfigException e) {
      LOG.warn("{} is ignored: {}", next(), CauseWords.of(e));
      return Optional.empty();
    }
  }

  /** Keeps a copy of a zoo.cfg from which the server lines are going to be taken. */
  public void backUp() {
    try {
      write(beside(".bak"), Files.readString(zooCfg, CHARSET));
    } catch (IOException e) {
      LOG.warn("{} could not be backed up: {}", zooCfg, CauseWords.of(e));
    }
  }

  /** A configuration is proposed. */
  public void saveProposed(EnsembleConfig config) {
    save("proposed", () -> write(next(), sorted(config, true)));
  }

  /**
   * A configuration is in force.
   *
   * @param ownClientAddress whether the own server line says where clients connect, so that zoo.cfg
   *     need not
   * @param noneProposed whether no later one is known
   */
  public void saveCommitted(EnsembleConfig config, boolean ownClientAddress, boolean noneProposed) {
    save(
        "new",
        () -> {
          Path dynamic = beside(".dynamic." + Long.toHexString(config.version()));
          write(dynamic, sorted(config, false));
          // On the disk before zoo.cfg names it.
          forceDirectory();
          write(zooCfg, pointingAt(text(zooCfg), dynamic.toRealPath(), ownClientAddress));
          if (noneProposed) {
            Files.deleteIfExists(next());
          }
        });
  }

  /** Nothing is proposed any more. */
  public void dropProposed() {
    save("proposed", () -> Files.deleteIfExists(next()));
  }

  /** Work on files. */
  private interface Step {
    void run() throws IOException;
  }

  /** The ensemble goes on without the file, as Apache's does; a restart would miss it. */
  private void save(String what, Step step) {
    try {
      step.run();
      forceDirectory();
    } catch (IOException e) {
      LOG.error(
          "The {} configuration could not be saved beside {} ({}): make the directory writable, or"
              + " a restart of this server begins with the old one",
          what,
          zooCfg,
          CauseWords.of(e));
    }
  }

  static String sorted(EnsembleConfig config, boolean withVersion) {
    return config
        .text()
        .lines()
        .filter(line -> withVersion || !line.startsWith("version="))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** The same zoo.cfg, comments and order kept, without the lines that the dynamic file has. */
  static String pointingAt(String text, Path dynamic, boolean dropClientAddress) {
    StringBuilder kept = new StringBuilder();
    for (ConfigSource.LogicalLine line : ConfigSource.logicalLines(text)) {
      List<String> keys = line.keys();
      if (keys.stream().noneMatch(key -> moves(key, dropClientAddress))) {
        kept.append(line.text()).append('\n');
      }
    }
    return kept.append(DYNAMIC)
        .append('=')
        .append(escaped(dynamic.toString()))
        .append('\n')
        .toString();
  }

  /** A value as it must stand in a properties file, which is Latin-1 at most. */
  private static String escaped(String value) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        escaped.append("\\\\");
      } else if (c < ' ' || c > '~') {
        escaped.append("\\u%04x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static boolean moves(String key, boolean dropClientAddress) {
    return key.startsWith("server.")
        || key.startsWith("group")
        || key.startsWith("weight")
        || key.startsWith(DYNAMIC)
        || key.startsWith("peerType")
        || dropClientAddress
            && key.startsWith("clientPort")
            && !key.equals("clientPortListenBacklog");
  }

  /** All of it, durably but for the name; or as it was, with nothing beside it. */
  static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      writeNew(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static void writeNew(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(CHARSET));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  static String text(Path file) throws IOException {
    return new String(ByteOrderMark.without(Files.readAllBytes(file)), CHARSET);
  }

  /** Puts a file that is on the disk in the place of another one, durably. */
  static void replace(Path file, Path place) throws IOException {
    force(place.getParent());
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try {
      force(place.getParent());
    } catch (IOException e) {
      LOG.warn(
          "{} is new, but a power cut may bring the old one back: {}", place, CauseWords.of(e));
    }
  }

  /** The renames of before are on the disk, too. */
  private void forceDirectory() throws IOException {
    force(zooCfg.getParent());
  }

  static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
