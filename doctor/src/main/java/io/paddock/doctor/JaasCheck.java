package io.paddock.doctor;

import io.paddock.config.CauseWords;
import io.paddock.machine.CertificateNames;
import io.paddock.machine.KeytabFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.URIParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;

/**
 * A JAAS file, as far as it can be judged without a KDC (security sheet, section 12: rows 7 to 12).
 */
final class JaasCheck {
  private static final String SUBJECT = "JAAS";
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
  private static final Pattern SECTION = Pattern.compile("([\\w.\\-]+)\\s*\\{");
  private static final String DIGEST = "DigestLoginModule";
  private static final String KERBEROS = "Krb5LoginModule";

  private final Path file;
  private final boolean fips;
  private final List<Diagnosis> found = new ArrayList<>();
  private final Set<String> kerberos = new HashSet<>();
  private final Map<String, Map<String, String>> options = new HashMap<>();

  /**
   * @param fips whether DIGEST-MD5 is refused
   */
  JaasCheck(Path file, boolean fips) {
    this.file = file;
    this.fips = fips;
  }

  /**
   * Examines.
   *
   * @param section that should be there
   * @param whom it is for
   * @param must whether nothing works without it
   */
  List<Diagnosis> examine(String section, String whom, boolean must) {
    return examine(List.of(new Wanted(section, whom, must, true)));
  }

  /**
   * A section that is looked for.
   *
   * @param whom it is for
   * @param must whether nothing works without it
   * @param used whether it must work already
   */
  record Wanted(String section, String whom, boolean must, boolean used) {}

  /** Examines all sections, of which these should be there. */
  List<Diagnosis> examine(List<Wanted> wanted) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      error(
          CauseWords.ofReading(file, e),
          "correct java.security.auth.login.config, or put the file there");
      return found;
    }
    List<String> sections = sections(text);
    Configuration parsed;
    try {
      parsed = Configuration.getInstance("JavaLoginConfig", new URIParameter(file.toUri()));
    } catch (GeneralSecurityException | RuntimeException e) {
      error(
          file + " cannot be read: " + words(e),
          "each option is name=\"value\", each module ends with ; and each section with };");
      return found;
    }
    found.add(
        Diagnosis.ok(
            SUBJECT,
            file
                + (sections.isEmpty()
                    ? " has no section"
                    : " has " + String.join(", ", sections))));
    exposed(text);
    for (Wanted each : wanted) {
      if (parsed.getAppConfigurationEntry(each.section()) == null) {
        missing(sections, each.section(), each.whom(), each.must());
      }
    }
    for (String each : sections) {
      AppConfigurationEntry[] modules = parsed.getAppConfigurationEntry(each);
      for (AppConfigurationEntry module :
          modules == null ? new AppConfigurationEntry[0] : modules) {
        module(each, module, isUsed(wanted, each));
        options.computeIfAbsent(each, key -> new HashMap<>()).putAll(texts(module.getOptions()));
      }
    }
    return found;
  }

  private static boolean isUsed(List<Wanted> wanted, String section) {
    return wanted.stream().anyMatch(each -> each.used() && each.section().equals(section));
  }

  private static Map<String, String> texts(Map<String, ?> options) {
    Map<String, String> texts = new HashMap<>();
    options.forEach((key, value) -> texts.put(key, String.valueOf(value)));
    return texts;
  }

  /** What stands in a section that was examined; nothing when there is none. */
  Map<String, String> options(String section) {
    return options.getOrDefault(section, Map.of());
  }

  /** Whether a section that was examined logs in by Kerberos. */
  boolean asksKerberos(String section) {
    return kerberos.contains(section);
  }

  /** Whose ticket a client will ask for that connects there (row 9). */
  static Diagnosis asked(String host, Map<String, String> properties) {
    String named = properties.get("zookeeper.server.principal");
    if (named != null) {
      return Diagnosis.ok(
          SUBJECT, "the client asks for a ticket of " + named + " (zookeeper.server.principal)");
    }
    String canonical = host;
    boolean looksUp =
        !"false".equals(properties.get("zookeeper.sasl.client.canonicalize.hostname"));
    if (looksUp) {
      try {
        String found = InetAddress.getByName(host).getCanonicalHostName();
        canonical = CertificateNames.isAddress(found) ? host : found;
      } catch (UnknownHostException e) {
        // As it was written, then.
      }
    }
    String service = properties.getOrDefault("zookeeper.sasl.client.username", "zookeeper");
    String finding = "the client asks for a ticket of " + service + "/" + canonical;
    boolean unlikely = canonical.equals("localhost") || CertificateNames.isAddress(canonical);
    return unlikely
        ? Diagnosis.warn(
            SUBJECT,
            finding + ", whom hardly a KDC knows",
            "connect by the name in the server's principal, or set zookeeper.server.principal"
                + (looksUp
                    ? ", or zookeeper.sasl.client.canonicalize.hostname=false where reverse DNS is"
                        + " wrong"
                    : ""))
        : Diagnosis.ok(SUBJECT, finding + "; the server's principal must be that");
  }

  /** Without what stood in the place of something else: that may be a password. */
  private static String words(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return CauseWords.of(root)
        .replaceAll("\\s+", " ")
        .replaceAll(",? (found|read) \\[[^\\]]*\\]?", "");
  }

  private static List<String> sections(String text) {
    String bare = COMMENT.matcher(text).replaceAll("").replaceAll("\"[^\"\n]*\"", "\"\"");
    List<String> sections = new ArrayList<>();
    Matcher matcher = SECTION.matcher(bare);
    while (matcher.find()) {
      sections.add(matcher.group(1));
    }
    return sections;
  }

  private void missing(List<String> sections, String section, String whom, boolean must) {
    String near =
        sections.stream()
            .filter(other -> other.equalsIgnoreCase(section))
            .findFirst()
            .map(other -> "; it has " + other + ", and case matters")
            .orElse("");
    found.add(
        new Diagnosis(
            must ? Diagnosis.Level.ERROR : Diagnosis.Level.WARN,
            SUBJECT,
            file + " lacks the section " + section + ", for " + whom + near,
            "add it, or name the one that is meant by the key for it"));
  }

  private void exposed(String text) {
    try {
      boolean open = Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
      boolean secret = Pattern.compile("\\b(password|user_\\S+)\\s*=").matcher(text).find();
      if (open && secret) {
        warn(
            file + " holds passwords and can be read by every user of this machine",
            "chmod o-r " + file);
      }
    } catch (IOException | UnsupportedOperationException e) {
      // No rights to speak of.
    }
  }

  private void module(String section, AppConfigurationEntry module, boolean wanted) {
    String name = module.getLoginModuleName();
    if (name.endsWith(DIGEST) && fips) {
      Diagnosis.Level level = wanted ? Diagnosis.Level.ERROR : Diagnosis.Level.WARN;
      found.add(
          new Diagnosis(
              level,
              SUBJECT,
              "section "
                  + section
                  + " asks for DIGEST-MD5, which fips-mode=true (the default) refuses",
              "set fips-mode=false in zoo.cfg, and -Dzookeeper.fips-mode=false at clients; or take"
                  + " Kerberos"));
    } else if (name.endsWith(KERBEROS)) {
      kerberos.add(section);
      kerberos(section, module.getOptions());
    } else if (!name.endsWith(DIGEST)) {
      warn(
          "section " + section + " has the module " + name + ", which is not known here",
          "DIGEST-MD5 goes by org.apache.zookeeper.server.auth.DigestLoginModule, Kerberos by"
              + " com.sun.security.auth.module.Krb5LoginModule");
    }
  }

  private void kerberos(String section, Map<String, ?> options) {
    String principal = String.valueOf(options.get("principal"));
    boolean serves = !section.equals("Client") && !section.endsWith("Learner");
    if (serves && options.get("principal") != null && !principal.contains("/")) {
      error(
          "section " + section + " has the principal " + principal + " without a host",
          "a server's is service/host@REALM, such as zookeeper/zoo1.example@EXAMPLE");
    }
    if (options.get("keyTab") == null) {
      if ("true".equals(options.get("useKeyTab"))) {
        error(
            "section " + section + " has useKeyTab=true without keyTab",
            "add keyTab=\"/path/of/the.keytab\"");
      }
      return;
    }
    Path keytab = Path.of(String.valueOf(options.get("keyTab")).replaceFirst("^file:(//)?", ""));
    try {
      keytab(section, keytab, principal, KeytabFile.principals(keytab));
    } catch (IOException e) {
      error(
          "section " + section + ": " + CauseWords.ofReading(keytab, e),
          "correct keyTab, or let the server's user read the file");
    }
  }

  private void keytab(String section, Path keytab, String principal, Set<String> principals) {
    String held = String.join(", ", principals);
    boolean there =
        principals.stream()
            .anyMatch(p -> p.startsWith(principal + " ") || p.startsWith(principal + "@"));
    if (there || principal.equals("*")) {
      found.add(Diagnosis.ok(SUBJECT, "section " + section + ": " + keytab + " holds " + held));
    } else {
      error(
          "section "
              + section
              + " names the principal "
              + principal
              + ", and "
              + keytab
              + " holds "
              + (held.isEmpty() ? "none" : held),
          "correct principal, or have the KDC write it into the keytab (ktadd)");
    }
    try {
      if (Files.getPosixFilePermissions(keytab).contains(PosixFilePermission.OTHERS_READ)) {
        warn(
            keytab + " can be read by every user of this machine",
            "chmod o-r " + keytab + ": who reads it is that principal");
      }
    } catch (IOException | UnsupportedOperationException e) {
      // No rights to speak of.
    }
  }

  private void warn(String finding, String remedy) {
    found.add(Diagnosis.warn(SUBJECT, finding, remedy));
  }

  private void error(String finding, String remedy) {
    found.add(Diagnosis.error(SUBJECT, finding, remedy));
  }
}
