package io.paddock.config;

import java.util.Optional;

/**
 * SASL between servers (security sheet, section 8). What the login configuration holds is not
 * looked at here. Immutable.
 *
 * @param enabled whether logins are taken at this server's ports for peers
 * @param learnerRequires whether this server logs in where it dials
 * @param serverRequires whether who does not log in is turned away
 * @param jaasFile the file of the login configuration, as it was written; empty for none
 * @param serverSection of it: how this server knows who logs in
 * @param learnerSection of it: as whom it logs in itself
 * @param servicePrincipal whom it asks Kerberos for where it dials, maybe with {@link #HOST}
 * @param canonicalHosts whether names of hosts are those that DNS has for their addresses
 * @param fips whether DIGEST-MD5 is refused
 * @param reloginMs the shortest time between two logins of this server's own
 * @param threadsMax at most so many logins are judged at a time
 */
public record PeerSaslConfig(
    boolean enabled,
    boolean learnerRequires,
    boolean serverRequires,
    Optional<String> jaasFile,
    String serverSection,
    String learnerSection,
    String servicePrincipal,
    boolean canonicalHosts,
    boolean fips,
    long reloginMs,
    int threadsMax) {
  public static final String ENABLE_KEY = "quorum.auth.enableSasl";
  public static final String LEARNER_KEY = "quorum.auth.learnerRequireSasl";
  public static final String SERVER_KEY = "quorum.auth.serverRequireSasl";
  public static final String LEARNER_SECTION_KEY = "quorum.auth.learner.saslLoginContext";
  public static final String SERVER_SECTION_KEY = "quorum.auth.server.saslLoginContext";
  public static final String PRINCIPAL_KEY = "quorum.auth.kerberos.servicePrincipal";

  /** Stands in {@link #servicePrincipal} for the host in the line of whom is dialled. */
  public static final String HOST = "_HOST";
}
