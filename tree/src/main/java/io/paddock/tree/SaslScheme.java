package io.paddock.tree;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How identities of the scheme sasl, which SASL logins give, are judged (security sheet, section
 * 7).
 *
 * @param inLists whether access control lists know the scheme; identities are given without, too
 * @param superUsers whose login makes them the super user as well
 * @param anybody the id that stands, in a list, for whoever has logged in
 */
public record SaslScheme(boolean inLists, Set<String> superUsers, Optional<String> anybody) {
  /** Nobody logs in. */
  public static final SaslScheme NONE = new SaslScheme(false, Set.of(), Optional.empty());

  /** One that every list lets in, by any name that stands there. */
  private static final String SUPER = "super";

  /** A name of Kerberos; without a realm anything goes. */
  private static final Pattern PRINCIPAL = Pattern.compile("[^/@]*(/[^/@]*)?@[^/@]*");

  public SaslScheme {
    superUsers = Set.copyOf(superUsers);
  }

  /** Whether a list may name it. */
  static boolean isValid(String id) {
    return id.indexOf('@') < 0 || PRINCIPAL.matcher(id).matches();
  }

  boolean matches(String wanted, String own) {
    return wanted.equals(own) || SUPER.equals(own) || anybody.filter(wanted::equals).isPresent();
  }
}
