package io.paddock.doctor;

import io.paddock.config.MembershipConfig;
import io.paddock.config.PeerSaslConfig;
import io.paddock.zab.EnsembleServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * SASL between servers, as far as it can be judged from one server's configuration and login file
 * (security sheet, section 12: row 13, and rows 7, 8 and 11 where they apply).
 */
final class PeerLoginCheck {
  private static final String SUBJECT = "SASL between servers";

  private final MembershipConfig membership;
  private final PeerSaslConfig sasl;
  private final Optional<JaasCheck.Wanted> clients;
  private final JaasCheck jaas;
  private final List<Diagnosis> found = new ArrayList<>();

  /**
   * @param clients the section of the same file that is for clients, if there should be one
   */
  PeerLoginCheck(
      MembershipConfig membership, PeerSaslConfig sasl, Optional<JaasCheck.Wanted> clients) {
    this.membership = membership;
    this.sasl = sasl;
    this.clients = clients;
    this.jaas = new JaasCheck(Path.of(sasl.jaasFile().orElseThrow()), sasl.fips());
  }

  /** Examines; only where it is enabled. */
  List<Diagnosis> examine() {
    step();
    List<JaasCheck.Wanted> wanted = new ArrayList<>();
    wanted.add(
        new JaasCheck.Wanted(
            sasl.serverSection(), "servers that log in here", true, sasl.serverRequires()));
    wanted.add(
        new JaasCheck.Wanted(
            sasl.learnerSection(), "this server's logins at others", true, sasl.learnerRequires()));
    clients.ifPresent(wanted::add);
    found.addAll(jaas.examine(wanted));
    passwords();
    serverPrincipal();
    learnerPrincipal();
    return found;
  }

  private void step() {
    if (sasl.serverRequires()) {
      found.add(Diagnosis.ok(SUBJECT, "logins are required, and this server logs in"));
    } else {
      String next = sasl.learnerRequires() ? PeerSaslConfig.SERVER_KEY : PeerSaslConfig.LEARNER_KEY;
      found.add(
          Diagnosis.warn(
              SUBJECT,
              "logins are taken and not required"
                  + (sasl.learnerRequires() ? "" : ", and this server does not log in itself")
                  + ": that protects nothing yet",
              "when all servers run with these flags, set "
                  + next
                  + "=true on one after the other"));
    }
  }

  /** Most ensembles have one file for all, so what it says of itself must go together. */
  private void passwords() {
    Map<String, String> known = jaas.options(sasl.serverSection());
    Map<String, String> own = jaas.options(sasl.learnerSection());
    String user = own.get("username");
    if (user == null || jaas.asksKerberos(sasl.learnerSection()) || known.isEmpty()) {
      return;
    }
    String password = known.get("user_" + user);
    if (password == null || !password.equals(own.get("password"))) {
      found.add(
          Diagnosis.warn(
              SUBJECT,
              "this server logs in as "
                  + user
                  + ", and its own section "
                  + sasl.serverSection()
                  + (password == null ? " has no such user" : " has another password for it"),
              "unless the other servers' files differ, have user_"
                  + user
                  + " there say what password says in section "
                  + sasl.learnerSection()));
    }
  }

  /** Whom others ask their KDC for. */
  private void serverPrincipal() {
    if (!jaas.asksKerberos(sasl.serverSection())) {
      return;
    }
    String principal = withoutRealm(jaas.options(sasl.serverSection()).get("principal"));
    for (EnsembleServer.Address address : membership.self().addresses()) {
      String asked =
          withoutRealm(sasl.servicePrincipal())
              .replace("/" + PeerSaslConfig.HOST, "/" + address.host().toLowerCase(Locale.ROOT));
      if (!sasl.canonicalHosts() && !asked.equals(principal)) {
        found.add(
            Diagnosis.error(
                SUBJECT,
                "other servers ask for a ticket of "
                    + asked
                    + ", and section "
                    + sasl.serverSection()
                    + " is "
                    + principal,
                "correct the principal, or "
                    + PeerSaslConfig.PRINCIPAL_KEY
                    + " on all servers, such as zkquorum/"
                    + PeerSaslConfig.HOST));
      }
    }
  }

  /** As whom this server logs in. */
  private void learnerPrincipal() {
    if (!jaas.asksKerberos(sasl.learnerSection()) || sasl.canonicalHosts()) {
      return;
    }
    String principal = withoutRealm(jaas.options(sasl.learnerSection()).get("principal"));
    String host = principal.substring(principal.indexOf('/') + 1);
    Set<String> hosts = new TreeSet<>();
    for (EnsembleServer server : membership.ensemble().servers()) {
      server.addresses().forEach(address -> hosts.add(address.host()));
    }
    if (hosts.stream().noneMatch(host::equalsIgnoreCase)) {
      found.add(
          Diagnosis.error(
              SUBJECT,
              "this server logs in as "
                  + principal
                  + ", whose host is in no server line ("
                  + String.join(", ", hosts)
                  + "), so others refuse it",
              "have it log in as service/host@REALM with the host of its server line"));
    } else if (!hosts.contains(host)) {
      found.add(
          Diagnosis.warn(
              SUBJECT,
              "the host of " + principal + " is written otherwise in its server line",
              "servers of ZooKeeper's compare case, too: write both alike"));
    }
  }

  private static String withoutRealm(String principal) {
    String text = String.valueOf(principal);
    int realm = text.indexOf('@');
    return realm < 0 ? text : text.substring(0, realm);
  }
}
