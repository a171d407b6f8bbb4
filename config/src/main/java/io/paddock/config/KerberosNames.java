package io.paddock.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How the name of a Kerberos client, {@code user@REALM} or {@code user/host@REALM}, becomes the id
 * that lists name (security sheet, section 7.3): by rules in the words of Hadoop's {@code
 * auth_to_local}, the first that applies, to a short name; then the host and the realm are put
 * behind it, unless they shall not. A name with neither stays as it is. Immutable, for any thread.
 */
public final class KerberosNames {
  private static final Pattern NAME = Pattern.compile("([^/@]*)(?:/([^/@]*))?@([^/@]*)");

  /** {@code RULE:[n:format](match)s/from/to/g}, of which only the first part must be there. */
  private static final Pattern RULE =
      Pattern.compile(
          "\\s*(?:(DEFAULT)|RULE:\\[(\\d+):([^\\]]*)\\](?:\\(([^)]*)\\))?(?:s/([^/]*)/([^/]*)/(g)?)?)");

  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d*)");
  private static final Pattern NOT_SHORT = Pattern.compile("[/@]");

  private final List<Rule> rules;
  private final boolean hostKept;
  private final boolean realmKept;

  private KerberosNames(List<Rule> rules, boolean hostKept, boolean realmKept) {
    this.rules = rules;
    this.hostKept = hostKept;
    this.realmKept = realmKept;
  }

  /** One rule, for names of so many parts behind the realm; -1 with the default one. */
  private record Rule(
      int parts, String format, Pattern match, Pattern from, String to, boolean repeated) {
    static final Rule DEFAULT = new Rule(-1, null, null, null, null, false);
  }

  /**
   * Reads the rules.
   *
   * @param text rules between blanks or line ends
   * @throws IllegalArgumentException when they are none, and says where
   */
  public static KerberosNames of(String text, boolean hostKept, boolean realmKept) {
    List<Rule> rules = new ArrayList<>();
    String rest = text.strip();
    while (!rest.isEmpty()) {
      Matcher rule = RULE.matcher(rest);
      if (!rule.lookingAt()) {
        throw new IllegalArgumentException("no rule begins at: " + rest);
      }
      rules.add(rule.group(1) != null ? Rule.DEFAULT : rule(rule));
      rest = rest.substring(rule.end()).strip();
    }
    return new KerberosNames(List.copyOf(rules), hostKept, realmKept);
  }

  private static Rule rule(Matcher text) {
    try {
      int parts = Integer.parseInt(text.group(2));
      Matcher parameter = PARAMETER.matcher(text.group(3));
      while (parameter.find()) {
        if (parameter.group(1).isEmpty() || Integer.parseInt(parameter.group(1)) > parts) {
          throw new IllegalArgumentException(
              "a rule for names of " + parts + " parts has no " + parameter.group());
        }
      }
      return new Rule(
          parts,
          text.group(3),
          text.group(4) == null ? null : Pattern.compile(text.group(4)),
          text.group(5) == null ? null : Pattern.compile(text.group(5)),
          text.group(6),
          text.group(7) != null);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("a pattern is none: " + e.getDescription(), e);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number is too large", e);
    }
  }

  /**
   * The id of a client of this name.
   *
   * @param defaultRealm of this machine, asked when a rule needs it; null for none
   * @return empty when no rule applies, or the name is none
   */
  public Optional<String> id(String name, Supplier<String> defaultRealm) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      // Also a/b: without a realm it is one word.
      return name.indexOf('@') < 0 ? Optional.of(name) : Optional.empty();
    }
    String host = parts.group(2);
    String realm = parts.group(3);
    return shortName(parts.group(1), host, realm, defaultRealm)
        .map(
            id ->
                id + (host != null && hostKept ? "/" + host : "") + (realmKept ? "@" + realm : ""));
  }

  private Optional<String> shortName(
      String first, String host, String realm, Supplier<String> defaultRealm) {
    List<String> parts = host == null ? List.of(realm, first) : List.of(realm, first, host);
    for (Rule rule : rules) {
      String name =
          rule.equals(Rule.DEFAULT)
              ? realm.equals(defaultRealm.get()) ? first : null
              : apply(rule, parts);
      if (name != null) {
        return NOT_SHORT.matcher(name).find() ? Optional.empty() : Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** Null when the rule does not apply. */
  private static String apply(Rule rule, List<String> parts) {
    if (rule.parts() != parts.size() - 1) {
      return null;
    }
    String base =
        PARAMETER
            .matcher(rule.format())
            .replaceAll(p -> Matcher.quoteReplacement(parts.get(Integer.parseInt(p.group(1)))));
    if (rule.match() != null && !rule.match().matcher(base).matches()) {
      return null;
    }
    if (rule.from() == null) {
      return base;
    }
    Matcher from = rule.from().matcher(base);
    return rule.repeated() ? from.replaceAll(rule.to()) : from.replaceFirst(rule.to());
  }
}
