package io.paddock.machine;

import io.netty.util.NetUtil;
import io.paddock.config.TlsConfig;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whether the other end's certificates are believed: the JVM's own check, whose refusals it
 * completes with whose certificate that was, and the names of hosts where those are not the JVM's
 * to check. Immutable, for any thread.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  /**
   * A handshake's message with more bytes than 32,768 is refused by the JVM's clients, and 65,535
   * of names are all that TLS can write; this leaves room for what else stands in it.
   */
  private static final int NAMES_BYTES_MAX = 31 * 1024;

  private final X509ExtendedTrustManager chain;
  private final String prefix;
  private final TlsConfig config;
  private final X509Certificate[] believed;
  private final int namesBytes;

  /**
   * @param prefix of the keys that are named in a refusal
   */
  PeerTrust(X509ExtendedTrustManager chain, String prefix, TlsConfig config) {
    this.chain = chain;
    this.prefix = prefix;
    this.config = config;
    this.believed = chain.getAcceptedIssuers();
    this.namesBytes =
        Arrays.stream(believed)
            .mapToInt(ca -> Short.BYTES + ca.getSubjectX500Principal().getEncoded().length)
            .sum();
  }

  /** What is to be told when there are too many CAs to name them to whoever shall be one's own. */
  Optional<String> unnamed() {
    return namesBytes <= NAMES_BYTES_MAX
        ? Optional.empty()
        : Optional.of(
            "The names of the "
                + believed.length
                + " CAs of "
                + prefix
                + "trustStore.location have "
                + namesBytes
                + " bytes, more than the "
                + NAMES_BYTES_MAX
                + " that every client takes, so they are not sent in handshakes: all of them are"
                + " believed, but who has several certificates has to choose the right one by"
                + " itself");
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private static void named(X509Certificate[] certificates, Check check)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      String why = String.valueOf(TlsWords.root(e).getMessage());
      String hosts =
          why.startsWith("No ") && (why.contains("subject alternative") || why.contains("No name"))
              ? "; it names " + CertificateNames.of(certificates[0])
              : "";
      throw new CertificateException(whose(certificates) + ": " + why + hosts, e);
    }
  }

  private static String whose(X509Certificate[] certificates) {
    return certificates == null || certificates.length == 0
        ? "no certificate"
        : certificates[0].getSubjectX500Principal().getName()
            + ", issued by "
            + certificates[certificates.length - 1].getIssuerX500Principal().getName();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String type, SSLEngine engine)
      throws CertificateException {
    named(
        certificates,
        () -> {
          chain.checkClientTrusted(certificates, type, engine);
          if (config.clientHostnameVerification()) {
            checkHost(certificates[0], Set.of(engine.getPeerHost()));
          }
        });
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type, SSLEngine engine)
      throws CertificateException {
    named(
        certificates,
        () -> {
          chain.checkServerTrusted(certificates, type, engine);
          // In FIPS mode the JVM has done it.
          if (config.hostnameVerification() && !config.fips()) {
            checkHost(certificates[0], dialled(engine));
          }
        });
  }

  /** Where it was dialled, and by which name it may show itself, too. */
  private static Set<String> dialled(SSLEngine engine) {
    Set<String> hosts = new LinkedHashSet<>();
    hosts.add(engine.getPeerHost());
    List<SNIServerName> names = engine.getSSLParameters().getServerNames();
    for (SNIServerName name : names == null ? List.<SNIServerName>of() : names) {
      if (name instanceof SNIHostName host) {
        hosts.add(host.getAsciiName());
      }
    }
    return hosts;
  }

  /** One of these hosts must be named, or one of their addresses, or the name of an address. */
  private void checkHost(X509Certificate certificate, Set<String> hosts)
      throws CertificateException {
    CertificateNames names = CertificateNames.of(certificate);
    if (hosts.stream().anyMatch(names::has)) {
      return;
    }
    // The JVM's own check, which FIPS mode is about, looks no names up.
    boolean reverse = config.reverseDnsLookup() && !config.fips();
    Set<String> tried = new LinkedHashSet<>(hosts);
    for (String host : hosts) {
      if (!isAddress(host)) {
        tried.addAll(addressesOf(host));
      } else if (reverse) {
        tried.add(nameOf(host));
      }
    }
    if (tried.stream().anyMatch(names::has)) {
      return;
    }
    boolean couldReverse = !reverse && hosts.stream().anyMatch(PeerTrust::isAddress);
    throw new CertificateException(
        "it names "
            + names
            + " and not "
            + String.join(" or ", tried)
            + (couldReverse
                ? "; names of addresses are looked up with "
                    + (config.reverseDnsLookup() ? "" : prefix + "allowReverseDnsLookup=true and ")
                    + "fips-mode=false only"
                : ""));
  }

  private static boolean isAddress(String host) {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  private static List<String> addressesOf(String host) {
    try {
      return Arrays.stream(InetAddress.getAllByName(host))
          .map(InetAddress::getHostAddress)
          .toList();
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private static String nameOf(String address) {
    try {
      return InetAddress.getByName(address).getHostName();
    } catch (UnknownHostException e) {
      return address;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String type)
      throws CertificateException {
    named(certificates, () -> chain.checkClientTrusted(certificates, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String type, Socket socket)
      throws CertificateException {
    named(certificates, () -> chain.checkClientTrusted(certificates, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type)
      throws CertificateException {
    named(certificates, () -> chain.checkServerTrusted(certificates, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type, Socket socket)
      throws CertificateException {
    named(certificates, () -> chain.checkServerTrusted(certificates, type, socket));
  }

  /** Whom the other end is told to show a certificate of; by an empty list, of anybody. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return unnamed().isPresent() ? new X509Certificate[0] : believed.clone();
  }
}
