package io.paddock.config;

import java.util.Optional;
import java.util.Set;

/**
 * SASL for clients (security sheet, section 7). What the login configuration holds is not looked at
 * here.
 *
 * @param jaasFile the file of the login configuration, as it was written; empty for no SASL
 * @param section of it
 * @param sectionNamed whether the section was named, and is not the usual one
 * @param otherSections of the same file, which are for servers and clients themselves
 * @param inLists whether access control lists know the scheme
 * @param superUsers whose login makes them the super user as well
 * @param superPassword of the user {@code super} of DIGEST-MD5
 * @param anybody the id that stands, in a list, for whoever has logged in
 * @param keepsFailed whether a connection whose login has failed is kept
 * @param names how a client's Kerberos name becomes its id
 * @param fips whether DIGEST-MD5 is refused
 * @param reloginMs the shortest time between two logins of this server's own
 */
public record SaslConfig(
    Optional<String> jaasFile,
    String section,
    boolean sectionNamed,
    Set<String> otherSections,
    boolean inLists,
    Set<String> superUsers,
    StorePassword superPassword,
    Optional<String> anybody,
    boolean keepsFailed,
    KerberosNames names,
    boolean fips,
    long reloginMs) {
  /** Of the login configuration. */
  public static final String JAAS_KEY = "java.security.auth.login.config";

  /** Of its section. */
  public static final String SECTION_KEY = "sasl.serverconfig";

  public SaslConfig {
    otherSections = Set.copyOf(otherSections);
    superUsers = Set.copyOf(superUsers);
  }

  /** Whether somebody counts on it that clients log in. */
  public boolean isAskedFor() {
    return sectionNamed || inLists || !superUsers.isEmpty() || anybody.isPresent();
  }
}
