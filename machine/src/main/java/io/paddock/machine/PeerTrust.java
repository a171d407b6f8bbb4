package io.paddock.machine;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whether the other end's certificates are believed: the JVM's own check, whose refusals it
 * completes with whose certificate that was, and the names of hosts where those are not the JVM's
 * to check.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager chain;
  private final boolean checksHost;
  private final boolean reverseDnsLookup;

  /**
   * @param checksHost whether certificates must name where they come from
   * @param reverseDnsLookup whether the name of an address may be looked up for that
   */
  PeerTrust(X509ExtendedTrustManager chain, boolean checksHost, boolean reverseDnsLookup) {
    this.chain = chain;
    this.checksHost = checksHost;
    this.reverseDnsLookup = reverseDnsLookup;
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private static void named(X509Certificate[] certificates, Check check)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw new CertificateException(whose(certificates) + ": " + TlsWords.root(e).getMessage(), e);
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
          if (checksHost) {
            checkHost(certificates[0], engine.getPeerHost());
          }
        });
  }

  private void checkHost(X509Certificate certificate, String address) throws CertificateException {
    CertificateNames names = CertificateNames.of(certificate);
    if (names.has(address)) {
      return;
    }
    if (!reverseDnsLookup) {
      throw new CertificateException(
          "it names "
              + names
              + " and not "
              + address
              + "; names of addresses are looked up with ssl.allowReverseDnsLookup=true and"
              + " fips-mode=false only");
    }
    String name = nameOf(address);
    if (!names.has(name)) {
      throw new CertificateException(
          "it names " + names + " and neither " + address + " nor " + name);
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

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type, SSLEngine engine)
      throws CertificateException {
    named(certificates, () -> chain.checkServerTrusted(certificates, type, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chain.getAcceptedIssuers();
  }
}
