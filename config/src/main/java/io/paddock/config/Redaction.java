package io.paddock.config;

import io.paddock.config.ConfigSource.LogicalLine;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Takes passwords out of what operators may be shown: the configuration and the properties. */
final class Redaction {
  private static final String HIDDEN = "***";

  /**
   * How the keys of secrets end: passwords, Apache's digest of the super user's, and what providers
   * of the user's own may have.
   */
  private static final String SECRET =
      "(?:password|passwd|passphrase|superdigest|secret|token|credentials?|api[._-]?key)";

  private static final Pattern KEY = Pattern.compile("(?i).*" + SECRET);
  private static final Pattern IN_COMMENT = Pattern.compile("(?i)(" + SECRET + "\\s*[=:]\\s*).*");

  private Redaction() {}

  /** The text of a zoo.cfg without the passwords in it, those in comments included. */
  static String text(String zooCfg) {
    StringJoiner shown = new StringJoiner("\n", "", zooCfg.endsWith("\n") ? "\n" : "");
    for (LogicalLine line : ConfigSource.logicalLines(zooCfg)) {
      shown.add(line(line));
    }
    return shown.toString();
  }

  private static String line(LogicalLine line) {
    String start = line.text().stripLeading();
    if (start.startsWith("#") || start.startsWith("!")) {
      return IN_COMMENT.matcher(line.text()).replaceFirst("$1" + HIDDEN);
    }
    for (String key : line.keys()) {
      if (isSecret(key)) {
        return key + "=" + HIDDEN;
      }
    }
    return line.text();
  }

  /** The properties, those that hold passwords without their values. */
  static Map<String, String> properties(Map<String, String> properties) {
    Map<String, String> shown = new HashMap<>(properties);
    shown.replaceAll((key, value) -> isSecret(key) ? HIDDEN : value);
    return Map.copyOf(shown);
  }

  /** Whether a key's value is a password, readable as it stands. */
  static boolean isPassword(String key) {
    return key.toLowerCase(Locale.ROOT).endsWith("password");
  }

  /** Whether a key's value is a password, or as secret as one. */
  static boolean isSecret(String key) {
    return KEY.matcher(key).matches();
  }
}
