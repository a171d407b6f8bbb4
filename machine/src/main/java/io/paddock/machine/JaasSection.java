package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.config.SaslConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.URIParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;

/**
 * One section of a file of Java's login configuration (JAAS). Users of DIGEST-MD5 stand in the
 * options of Apache's login module, which is only read and never loaded: a file made for Apache's
 * server is taken as it is.
 */
final class JaasSection {
  private static final String USER_PREFIX = "user_";
  private static final String DIGEST_MODULE = "DigestLoginModule";
  private static final Pattern TEXT_OR_COMMENT =
      Pattern.compile("(?s)\"(?:\\\\.|[^\"\\\\])*\"|/\\*.*?\\*/|//[^\n]*");
  private static final Pattern SECTION_START = Pattern.compile("([^\\s{};]+)\\s*\\{");

  /** Of what the parser says only this, since what it found may be a password. */
  private static final Pattern EXPECTED = Pattern.compile("(?:Line \\d+: )?expected \\[[^\\]]*\\]");

  private final Path file;
  private final String name;
  private final List<AppConfigurationEntry> entries;

  private JaasSection(Path file, String name, List<AppConfigurationEntry> entries) {
    this.file = file;
    this.name = name;
    this.entries = entries;
  }

  /**
   * Reads it.
   *
   * @return empty when the file has no such section
   * @throws StartException when the file cannot be read or is none
   */
  static Optional<JaasSection> read(String written, String name) throws StartException {
    Path file = path(written);
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw wrong(
          written,
          "cannot be read: "
              + CauseWords.ofReading(file, e)
              + "; correct the name, or leave it out for a server without SASL",
          e);
    }
    AppConfigurationEntry[] found = parsed(written, file).getAppConfigurationEntry(name);
    if (found != null) {
      return Optional.of(new JaasSection(file, name, List.of(found)));
    }
    // A section without a module is none to Java.
    if (sectionsIn(text).contains(name)) {
      throw wrong(
          written, "has nothing in its section " + name + "; docs/security.md shows one", null);
    }
    return Optional.empty();
  }

  private static Configuration parsed(String written, Path file) throws StartException {
    try {
      return Configuration.getInstance("JavaLoginConfig", new URIParameter(file.toUri()));
    } catch (NoSuchAlgorithmException | SecurityException e) {
      // Without the cause, which may show a password.
      throw wrong(written, "is no login configuration: " + why(TlsWords.root(e)), null);
    }
  }

  private static String why(Throwable failure) {
    String said = String.valueOf(failure.getMessage());
    Matcher expected = EXPECTED.matcher(said);
    if (expected.find()) {
      return expected.group()
          + "; each module ends with a semicolon, each section with }; and values stand in quotes";
    }
    if (said.contains("control flag")) {
      return "behind a module's class must stand required, requisite, sufficient or optional";
    }
    if (said.contains("multiple entries")) {
      return "a section stands there twice; remove one";
    }
    return said.contains("unable to expand")
        ? "a ${...} names no property; correct it, or write $${ for the characters themselves"
        : "it cannot be parsed; docs/security.md shows one";
  }

  /**
   * As Java takes it: a second = before it means that no other file counts, and it may be a URL.
   */
  private static Path path(String written) throws StartException {
    String name = written.startsWith("=") ? written.substring(1) : written;
    try {
      return name.startsWith("file:") ? Path.of(URI.create(name)) : Path.of(name);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw wrong(written, "names no file: " + CauseWords.of(e), e);
    }
  }

  private static StartException wrong(String written, String why, Throwable cause) {
    return new StartException(
        SaslConfig.JAAS_KEY + "=" + written + " " + why,
        ConfigException.EXIT_INVALID_CONFIG,
        cause);
  }

  /** The names of the sections in a file that can be read, for whoever looks for another one. */
  static List<String> sections(String written) throws StartException {
    try {
      return sectionsIn(Files.readString(path(written), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static List<String> sectionsIn(String text) {
    Matcher start = SECTION_START.matcher(TEXT_OR_COMMENT.matcher(text).replaceAll(" "));
    List<String> names = new ArrayList<>();
    while (start.find()) {
      names.add(start.group(1));
    }
    return names;
  }

  String name() {
    return name;
  }

  /** The users of DIGEST-MD5 with their passwords. */
  Map<String, String> users() {
    Map<String, String> users = new HashMap<>();
    for (AppConfigurationEntry entry : entries) {
      entry
          .getOptions()
          .forEach(
              (key, value) -> {
                if (key.startsWith(USER_PREFIX)) {
                  users.put(key.substring(USER_PREFIX.length()), String.valueOf(value));
                }
              });
    }
    return users;
  }

  /** What stands in it, of whichever module. */
  Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    entries.forEach(
        entry ->
            entry.getOptions().forEach((key, value) -> options.put(key, String.valueOf(value))));
    return options;
  }

  /** The modules by which this server itself must log in: all but those that only list users. */
  List<AppConfigurationEntry> logins() {
    List<AppConfigurationEntry> logins = new ArrayList<>(entries);
    logins.removeIf(entry -> entry.getLoginModuleName().endsWith("." + DIGEST_MODULE));
    return logins;
  }

  /** A configuration that has these modules under any name. */
  static Configuration of(List<AppConfigurationEntry> entries) {
    AppConfigurationEntry[] all = entries.toArray(AppConfigurationEntry[]::new);
    return new Configuration() {
      @Override
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return all.clone();
      }
    };
  }

  @Override
  public String toString() {
    return "section " + name + " of " + file;
  }
}
