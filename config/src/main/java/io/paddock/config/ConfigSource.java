package io.paddock.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The written settings: lines of a zoo.cfg and a snapshot of the system properties, with the place
 * of each, so that a wrong value can be told as {@code zoo.cfg:3}.
 *
 * <p>The file is a Java properties file (client protocol sheet, section 13.1). It is cut into
 * logical lines here and each is given to {@link Properties} alone, since that class forgets where
 * a key stood. Of a key written twice the last one counts, as there.
 *
 * <p>Precedence: Apache's parser turns a key that it does not know itself into the system property
 * {@code zookeeper.<key>}, so the file wins over {@code -Dzookeeper.<key>}.
 */
final class ConfigSource {
  /** One written value and where it stands. */
  record Setting(String key, String value, String place) {}

  private static final String PREFIX = "zookeeper.";

  private final ConfigKeys keys = new ConfigKeys();
  private final Map<String, Setting> file;
  private final Map<String, String> properties;
  private final List<String> warnings = new ArrayList<>();
  private Path path;

  private ConfigSource(Map<String, Setting> file, Map<String, String> properties) {
    this.file = file;
    this.properties = Map.copyOf(properties);
  }

  /** Settings in the text of a file of this name. */
  static ConfigSource ofText(String fileName, String text, Map<String, String> properties)
      throws ConfigException {
    ConfigSource source = new ConfigSource(new LinkedHashMap<>(), properties);
    source.addText(fileName, text);
    return source;
  }

  /** Settings that a program gives instead of a file. */
  static ConfigSource ofMap(Map<String, String> settings, Map<String, String> properties) {
    Map<String, Setting> given = new LinkedHashMap<>();
    settings.forEach((key, value) -> given.put(key, new Setting(key, value.trim(), "settings")));
    return new ConfigSource(given, properties);
  }

  /** Adds the keys of one more file. */
  void addText(String fileName, String text) throws ConfigException {
    for (LogicalLine line : logicalLines(text)) {
      addLine(fileName, line);
    }
  }

  /**
   * A line with those that continue it.
   *
   * @param number of its first line, from 1
   */
  record LogicalLine(int number, String text) {
    /** The keys it gives: one or none. */
    List<String> keys() {
      return properties().stringPropertyNames().stream().map(String::trim).toList();
    }

    /**
     * @throws IllegalArgumentException when it holds an escape that is none
     */
    private Properties properties() {
      Properties parsed = new Properties();
      try {
        parsed.load(new StringReader(text));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return parsed;
    }
  }

  /** Cuts a properties file into its logical lines, comments and empty ones among them. */
  static List<LogicalLine> logicalLines(String text) {
    List<String> lines = text.lines().toList();
    List<LogicalLine> logicalLines = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      int number = i + 1;
      StringBuilder logical = new StringBuilder(lines.get(i));
      while (continues(logical) && i + 1 < lines.size()) {
        logical.append('\n').append(lines.get(++i));
      }
      logicalLines.add(new LogicalLine(number, logical.toString()));
    }
    return logicalLines;
  }

  private static boolean continues(CharSequence line) {
    String text = line.toString();
    String lastLine = text.substring(text.lastIndexOf('\n') + 1);
    boolean first = lastLine.length() == text.length();
    String start = text.stripLeading();
    if (first && (start.startsWith("#") || start.startsWith("!"))) {
      return false;
    }
    int backslashes = 0;
    while (lastLine.endsWith("\\".repeat(backslashes + 1))) {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private void addLine(String fileName, LogicalLine line) throws ConfigException {
    String place = fileName + ":" + line.number();
    Properties parsed;
    try {
      parsed = line.properties();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(place + ": \\u must be followed by four hexadecimal digits");
    }
    for (String raw : parsed.stringPropertyNames()) {
      String key = raw.trim();
      Setting before = file.put(key, new Setting(key, parsed.getProperty(raw).trim(), place));
      if (before != null) {
        warn(place + ": " + key + " was already given at " + before.place() + "; this one counts");
      }
    }
  }

  /** The file that the settings came from; empty when a program gave them. */
  Optional<Path> file() {
    return Optional.ofNullable(path);
  }

  /** Notes where the settings came from. */
  void file(Path zooCfg) {
    path = zooCfg;
  }

  /** Notes, once, something that the user should hear although the server starts. */
  void warn(String line) {
    String told = OneLine.of(line);
    if (!warnings.contains(told)) {
      warnings.add(told);
    }
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  Map<String, String> properties() {
    return properties;
  }

  ConfigKeys keys() {
    return keys;
  }

  /** What the file holds, in its order. */
  Iterable<Setting> fileSettings() {
    return List.copyOf(file.values());
  }

  /** All values of keys with this prefix: those of the file, then those of the properties. */
  List<Setting> withPrefix(String prefix) {
    List<Setting> found = new ArrayList<>();
    file.values().stream().filter(s -> s.key().startsWith(prefix)).forEach(found::add);
    Map<String, Setting> others = new HashMap<>();
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX + prefix) && !file.containsKey(name.substring(10))) {
            String key = name.substring(PREFIX.length());
            others.put(key, new Setting(key, value.trim(), "-D" + name));
          }
        });
    others.values().stream().sorted((a, b) -> a.key().compareTo(b.key())).forEach(found::add);
    return found;
  }

  /** What is written although it has no effect here; {@code false} asks for none. */
  List<Setting> withoutEffect() {
    List<Setting> found = new ArrayList<>(withPrefix(""));
    found.removeIf(
        setting ->
            setting.value().equalsIgnoreCase("false")
                || keys.origin(setting.key()).orElse(null) != ConfigKeys.Origin.NO_EFFECT);
    return found;
  }

  /** The written value of a key that {@link ConfigKeys} has. */
  Optional<Setting> find(String key) {
    ConfigKeys.Origin origin = keys.origin(key).orElseThrow();
    Optional<Setting> inFile = Optional.ofNullable(file.get(key));
    return switch (origin) {
      case FILE, NO_EFFECT -> inFile;
      case FILE_OR_PROPERTY -> inFile.or(() -> property(key, PREFIX + key));
      case PROPERTY_OR_FILE -> property(key, key).or(() -> inFile);
    };
  }

  private Optional<Setting> property(String key, String name) {
    return Optional.ofNullable(properties.get(name))
        .map(value -> new Setting(key, value.trim(), "-D" + name));
  }

  String text(String key, String otherwise) {
    return find(key).map(Setting::value).orElse(otherwise);
  }

  boolean flag(String key, boolean otherwise) throws ConfigException {
    Optional<Setting> setting = find(key);
    if (setting.isEmpty()) {
      return otherwise;
    }
    return switch (setting.get().value().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(setting.get(), "must be true or false");
    };
  }

  int integer(String key, int otherwise, int min, int max) throws ConfigException {
    return (int) number(key, otherwise, min, max);
  }

  long number(String key, long otherwise, long min, long max) throws ConfigException {
    Optional<Setting> setting = find(key);
    if (setting.isEmpty()) {
      return otherwise;
    }
    long value;
    try {
      // Apache reads its own keys as decimals and properties also as 0x1f.
      ConfigKeys.Origin origin = keys.origin(key).orElseThrow();
      value =
          origin == ConfigKeys.Origin.FILE || origin == ConfigKeys.Origin.NO_EFFECT
              ? Long.parseLong(setting.get().value())
              : Long.decode(setting.get().value());
    } catch (NumberFormatException e) {
      throw wrong(setting.get(), "is not a whole number");
    }
    if (value < min || value > max) {
      throw wrong(setting.get(), "must be from " + min + " to " + max);
    }
    return value;
  }

  /** How long this server's own addresses are tried. */
  BindRetry bindRetry() throws ConfigException {
    int tries = integer(BindRetry.KEY, BindRetry.TRIES, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return new BindRetry(tries < 0 ? BindRetry.TRIES : tries);
  }

  double ratio(String key, double otherwise) throws ConfigException {
    Optional<Setting> setting = find(key);
    if (setting.isEmpty()) {
      return otherwise;
    }
    try {
      double value = Double.parseDouble(setting.get().value());
      if (value >= 0 && value <= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(setting.get(), "is not a number");
    }
    throw wrong(setting.get(), "must be from 0 to 1");
  }

  /** That a key must be there, and which unknown one was probably meant to be it. */
  ConfigException missing(String key, String example) {
    for (Setting setting : fileSettings()) {
      boolean unknown = keys.origin(setting.key()).isEmpty();
      if (unknown && keys.nearest(setting.key()).filter(key::equals).isPresent()) {
        return new ConfigException(
            key
                + " is missing, and "
                + setting.place()
                + " has the unknown key "
                + setting.key()
                + ": did you mean "
                + key
                + "?");
      }
    }
    return new ConfigException(
        key + " is missing: add a line such as " + key + "=" + example + " to the configuration");
  }

  static ConfigException wrong(Setting setting, String why) {
    boolean commented = setting.value().contains("#");
    return new ConfigException(
        setting.place()
            + ": "
            + setting.key()
            + "="
            + setting.value()
            + " "
            + why
            + (commented ? "; a comment needs a line of its own" : ""));
  }
}
