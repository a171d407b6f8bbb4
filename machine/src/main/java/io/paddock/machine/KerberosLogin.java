package io.paddock.machine;

import io.paddock.config.ConfigException;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.kerberos.KeyTab;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server as Kerberos knows it: its principal and keys, by the modules of a JAAS section. A
 * keytab that is exchanged is read anew by Java itself. A ticket of its own, if it has one, is
 * renewed by a new login before it ends; until that has succeeded, and where it fails, the old
 * login stays, for clients need its keys only. Any thread.
 */
final class KerberosLogin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KerberosLogin.class);
  private static final String TICKETS_OF_TICKETS = "krbtgt/";

  /** As in Apache's: so far into a ticket's life. */
  private static final double RENEW_AT = 0.8;

  private static final double RENEW_JITTER = 0.05;
  private static final Pattern PRINCIPAL = Pattern.compile("([^/@]+)/([^/@]+)@[^/@]+");

  /** What a server without a new ticket can still do. */
  private static final String SERVES = "clients are served with its keys";

  private final String section;
  private final List<AppConfigurationEntry> modules;
  private final long reloginMs;
  private final String withoutTicket;
  private volatile Subject subject;
  private final String principal;
  private final String service;
  private final String host;
  private final CountDownLatch closed = new CountDownLatch(1);

  private KerberosLogin(
      JaasSection section,
      long reloginMs,
      String withoutTicket,
      Subject subject,
      String principal,
      Matcher parts) {
    this.section = section.name();
    this.modules = section.logins();
    this.reloginMs = reloginMs;
    this.withoutTicket = withoutTicket;
    this.subject = subject;
    this.principal = principal;
    this.service = parts.group(1);
    this.host = parts.group(2);
  }

  /**
   * Logs in.
   *
   * @param reloginMs the shortest time between two logins
   * @return empty when the modules name no principal
   * @throws StartException when it cannot be
   */
  static Optional<KerberosLogin> of(JaasSection section, long reloginMs) throws StartException {
    Subject subject = subject(section);
    if (name(subject).isEmpty()) {
      return Optional.empty();
    }
    checkKeys(section, subject);
    return Optional.of(named(section, reloginMs, SERVES, subject, "clients ask for one"));
  }

  /**
   * Logs in, towards other servers.
   *
   * @param accepts whether they log in here by tickets for it; else it logs in there
   * @throws StartException when it cannot be
   */
  static KerberosLogin forPeers(JaasSection section, long reloginMs, boolean accepts)
      throws StartException {
    Subject subject = subject(section);
    if (name(subject).isEmpty()) {
      throw wrong("Nobody has logged in by " + section + ": it names no principal", null);
    }
    if (accepts) {
      checkKeys(section, subject);
      return named(section, reloginMs, SERVES, subject, "other servers ask for one");
    }
    if (ticket(subject).isEmpty()) {
      throw wrong(
          "This server cannot log in to others by "
              + section
              + ": it gives no ticket; remove isInitiator=false",
          null);
    }
    return named(
        section,
        reloginMs,
        "no server lets it in any more when the old one ends",
        subject,
        "other servers let in one");
  }

  private static Subject subject(JaasSection section) throws StartException {
    try {
      return login(section.name(), section.logins());
    } catch (LoginException e) {
      throw wrong(
          "The login by " + section + " failed: " + SaslWords.ofLogin(e, section.logins().get(0)),
          e);
    }
  }

  private static Optional<String> name(Subject subject) {
    return subject.getPrincipals().stream().map(Principal::getName).findFirst();
  }

  /** Who only accepts is logged in by Java without a look at the keys. */
  private static void checkKeys(JaasSection section, Subject subject) throws StartException {
    if (!hasKeys(subject)) {
      String why = SaslWords.ofKeytab(section.logins().get(0));
      throw wrong(
          "Nobody could log in by "
              + section
              + ": "
              + (why == null ? "it gives no keys; set useKeyTab, keyTab and storeKey=true" : why),
          null);
    }
  }

  private static KerberosLogin named(
      JaasSection section, long reloginMs, String withoutTicket, Subject subject, String who)
      throws StartException {
    String name = name(subject).orElseThrow();
    Matcher parts = PRINCIPAL.matcher(name);
    if (!parts.matches()) {
      throw wrong(
          "The principal "
              + name
              + " of "
              + section
              + " cannot be a server's: "
              + who
              + " of the form service/host@REALM, such as zookeeper/zoo1.example@EXAMPLE",
          null);
    }
    return new KerberosLogin(section, reloginMs, withoutTicket, subject, name, parts);
  }

  /** Whether clients' tickets could be read. */
  private static boolean hasKeys(Subject subject) {
    return !subject.getPrivateCredentials(KerberosKey.class).isEmpty()
        || subject.getPrivateCredentials(KeyTab.class).stream()
            .anyMatch(
                keytab ->
                    subject.getPrincipals(KerberosPrincipal.class).stream()
                        .anyMatch(principal -> keytab.getKeys(principal).length > 0));
  }

  private static StartException wrong(String line, Throwable cause) {
    return new StartException(line, ConfigException.EXIT_UNEXPECTED, cause);
  }

  private static Subject login(String section, List<AppConfigurationEntry> modules)
      throws LoginException {
    LoginContext context =
        new LoginContext(section, new Subject(), callbacks -> {}, JaasSection.of(modules));
    context.login();
    return context.getSubject();
  }

  /** Its keys and tickets, as they are now. */
  Subject subject() {
    return subject;
  }

  /** As the KDC knows it. */
  String principal() {
    return principal;
  }

  String service() {
    return service;
  }

  String host() {
    return host;
  }

  /** Begins to renew the ticket, in a thread of its own, if there is one. */
  void watch(Guard guard) {
    if (ticket(subject).isPresent()) {
      guard.daemon(this::keepFresh, "paddock-sasl-login").start();
    }
  }

  private static Optional<KerberosTicket> ticket(Subject subject) {
    return subject.getPrivateCredentials(KerberosTicket.class).stream()
        .filter(ticket -> ticket.getServer().getName().startsWith(TICKETS_OF_TICKETS))
        .findFirst();
  }

  private void keepFresh() {
    try {
      while (!closed.await(Math.max(reloginMs, untilRenewalMs()), TimeUnit.MILLISECONDS)) {
        renew();
      }
    } catch (InterruptedException e) {
      // The server stops.
    }
  }

  private long untilRenewalMs() {
    Optional<KerberosTicket> ticket = ticket(subject);
    if (ticket.isEmpty()) {
      return reloginMs;
    }
    long startMs = ticket.get().getStartTime().getTime();
    long lifeMs = ticket.get().getEndTime().getTime() - startMs;
    double part = RENEW_AT + RENEW_JITTER * ThreadLocalRandom.current().nextDouble();
    return startMs + (long) (lifeMs * part) - System.currentTimeMillis();
  }

  /** Logs in anew; what there is stays where that fails. */
  void renew() {
    try {
      subject = login(section, modules);
      LOG.info("{} has a new ticket", principal);
    } catch (LoginException e) {
      LOG.warn(
          "{} has no new ticket, {}: {}; it tries again in {} s",
          principal,
          withoutTicket,
          SaslWords.ofLogin(e, modules.get(0)),
          reloginMs / 1000);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
