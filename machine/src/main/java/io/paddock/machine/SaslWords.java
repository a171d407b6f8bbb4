package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.PeerSaslConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.login.AppConfigurationEntry;

/**
 * Why a login by SASL or Kerberos failed, in words with the remedy (security sheet, section 12).
 * Never with a password.
 */
final class SaslWords {
  private static final int CHARS_MAX = 400;
  private static final int NAME_CHARS_MAX = 100;

  private SaslWords() {}

  /**
   * Why a client's login failed.
   *
   * @param user as the client says; null when it has said none
   */
  static String ofClient(Throwable failure, String user) {
    String said = said(failure);
    if (said.contains("Mismatched response")) {
      return "the password of user " + shown(user) + " is wrong";
    }
    if (said.contains("cannot acquire password")) {
      return "there is no user " + shown(user) + " in this server's section of the JAAS file";
    }
    if (said.contains("at illegal state") || said.contains("already complete")) {
      return "it goes on with a login that has come to its end";
    }
    String kerberos = ofKerberos(said);
    return kerberos != null ? kerberos : "a token that cannot be taken (" + said + ")";
  }

  /**
   * Why this server's login at another has failed.
   *
   * @param asked whom it asked Kerberos for; empty with passwords
   */
  static String ofDialled(Throwable failure, Optional<String> asked) {
    String said = said(failure);
    if (said.contains("rspauth")) {
      return "it does not prove that it knows the password itself (" + said + ")";
    }
    if (asked.isPresent() && said.contains("Server not found in Kerberos database")) {
      return "the KDC does not know "
          + asked.get()
          + " ("
          + said
          + "): add that principal, or correct "
          + PeerSaslConfig.PRINCIPAL_KEY;
    }
    if (said.contains("Kerberos tgt") || said.contains("Ticket expired")) {
      return "this server has no valid ticket of its own ("
          + said
          + "); the log says why none was renewed";
    }
    String kerberos = ofKerberos(said);
    return kerberos != null ? kerberos : said;
  }

  /** Why this server could not log in by a module. */
  static String ofLogin(Throwable failure, AppConfigurationEntry module) {
    String said = said(failure);
    if (said.contains("unable to find LoginModule class")
        || said.contains("No LoginModule found")) {
      return "the class "
          + module.getLoginModuleName()
          + " is not on the class path: correct its name, or put its jar into lib";
    }
    String keytab = ofKeytab(module);
    if (keytab != null) {
      return keytab;
    }
    String kerberos = ofKerberos(said);
    if (kerberos != null) {
      return kerberos;
    }
    if (said.contains("password") || said.contains("CallbackHandler")) {
      return said
          + ": set useKeyTab=true and keyTab to a file with the key of "
          + module.getOptions().get("principal")
          + ", and storeKey=true";
    }
    return said;
  }

  /** What is wrong with the keytab of a module; null when nothing is, or it has none. */
  static String ofKeytab(AppConfigurationEntry module) {
    Object file = module.getOptions().get("keyTab");
    return file == null
        ? null
        : ofKeytab(
            Path.of(file.toString().replaceFirst("^(file|FILE):(//)?", "")),
            String.valueOf(module.getOptions().get("principal")));
  }

  private static String ofKeytab(Path file, String principal) {
    if (!Files.exists(file)) {
      return "there is no keytab " + file + ": correct keyTab";
    }
    if (!Files.isReadable(file)) {
      return "the keytab "
          + file
          + " may not be read by this user: correct its owner or its rights";
    }
    try {
      Set<String> principals = KeytabFile.principals(file);
      boolean there =
          principals.stream()
              .anyMatch(p -> p.startsWith(principal + "@") || p.startsWith(principal + " ("));
      return there
          ? null
          : "the keytab "
              + file
              + " has no key of "
              + principal
              + ", it has those of "
              + (principals.isEmpty() ? "nobody" : String.join(", ", principals))
              + ": correct principal, or export the key";
    } catch (IOException e) {
      return "the keytab "
          + CauseWords.ofReading(file, e)
          + ": name one that the KDC has written (ktadd) by keyTab";
    }
  }

  /** Null when it is none of what is known. */
  private static String ofKerberos(String said) {
    if (said.contains("Clock skew")) {
      return "clocks differ by more than five minutes ("
          + said
          + "): set them, by NTP for instance";
    }
    if (said.contains("Checksum failed")
        || said.contains("Integrity check")
        || said.contains("Specified version of key")
        || said.contains("Cannot find key")) {
      return "the ticket was not made with a key of this server's keytab ("
          + said
          + "): the client asked for another principal than this server's, or the KDC has a newer"
          + " key; then export it anew";
    }
    if (said.contains("Client not found in Kerberos database")) {
      return "the KDC does not know this server's principal (" + said + "): correct or add it";
    }
    if (said.contains("Cannot locate KDC")
        || said.contains("Cannot locate default realm")
        || said.contains("Cannot get kdc for realm")) {
      return "there is no KDC to ask ("
          + said
          + "): see [realms] and default_realm in the file that java.security.krb5.conf names, or"
          + " /etc/krb5.conf";
    }
    if (said.contains("Connection refused")
        || said.contains("port unreachable")
        || said.contains("timed out")
        || said.contains("no answer in time")
        || said.contains("Unable to send")) {
      return "the KDC does not answer (" + said + "): see [realms] in krb5.conf";
    }
    return null;
  }

  /** What the failure and its causes say, without what a stranger could do to a log. */
  private static String said(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = failure; at != null; at = at.getCause() == at ? null : at.getCause()) {
      // Some of Java's say it by their class only, and some wrap those without a word.
      String said =
          at.getMessage() == null && at.getCause() == null ? CauseWords.of(at) : at.getMessage();
      if (said != null && all.indexOf(said) < 0) {
        all.append(all.length() == 0 ? "" : ": ").append(said);
      }
    }
    String said = all.toString().replaceAll("[\\p{Cntrl}\\s]+", " ");
    return said.length() > CHARS_MAX ? said.substring(0, CHARS_MAX) + "..." : said;
  }

  static String shown(String user) {
    String name = String.valueOf(user).replaceAll("[^\\p{Print}]", "?");
    return name.length() > NAME_CHARS_MAX ? name.substring(0, NAME_CHARS_MAX) + "..." : name;
  }
}
