package io.paddock.testlib;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate with its key, and those that signed it: made in the test in milliseconds, with what
 * a test wants to be wrong with it. Elliptic keys, RFC 5280's fields written out in DER.
 */
public final class TestCertificates {
  /** SEQUENCE { OBJECT IDENTIFIER ecdsa-with-SHA256 }. */
  private static final byte[] ECDSA_SHA256 = {
    0x30, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
  };

  private static final byte[] SAN = {0x06, 0x03, 0x55, 0x1d, 0x11};
  private static final byte[] BASIC_CONSTRAINTS = {0x06, 0x03, 0x55, 0x1d, 0x13};
  private static final byte[] EXTENDED_USAGE = {0x06, 0x03, 0x55, 0x1d, 0x25};
  private static final byte[] CRL_POINTS = {0x06, 0x03, 0x55, 0x1d, 0x1f};
  private static final byte[] AUTHORITY_ACCESS = {0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 1, 1};
  private static final byte[] OCSP = {0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 0x30, 1};
  private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private TestCertificates(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = chain;
  }

  /** A certificate authority of that name, valid for ten years. */
  public static TestCertificates authority(String subject) {
    return make(null, subject, true, Duration.ofDays(3650), List.of(), List.of());
  }

  /** Another authority, which this one has signed. */
  public TestCertificates signAuthority(String subject) {
    return make(this, subject, true, Duration.ofDays(3650), List.of(), List.of());
  }

  /**
   * One that this one has signed for certain uses only.
   *
   * @param usages extended key usages, such as {@code serverAuth}
   */
  public TestCertificates signFor(List<String> usages, String subject, String... hosts) {
    return make(this, subject, false, Duration.ofDays(365), List.of(hosts), usages);
  }

  /**
   * One that this one has signed, valid from yesterday on for a year.
   *
   * @param subject such as {@code CN=alice,O=Paddock}
   * @param hosts names and addresses that it names
   */
  public TestCertificates sign(String subject, String... hosts) {
    return sign(subject, Duration.ofDays(365), hosts);
  }

  /** The same, valid for as long; it began a day before it ends or before now. */
  public TestCertificates sign(String subject, Duration validity, String... hosts) {
    return make(this, subject, false, validity, List.of(hosts), List.of());
  }

  /** One that this one has signed, valid for a year from then on. */
  public TestCertificates signFrom(Instant begin, String subject, String... hosts) {
    Instant end = begin.plus(Duration.ofDays(365));
    return make(this, subject, false, begin, end, List.of(hosts), List.of(), List.of());
  }

  /**
   * One that this one has signed and that says where to ask whether it has been revoked.
   *
   * @param crl where a list of the revoked is; null for nowhere
   * @param ocsp where a responder is; null for nowhere
   */
  public TestCertificates signRevocable(String subject, String crl, String ocsp, String... hosts) {
    List<byte[]> more = new ArrayList<>();
    if (crl != null) {
      byte[] name = der(0xa0, der(0xa0, der(0x86, crl.getBytes(StandardCharsets.US_ASCII))));
      more.add(extension(CRL_POINTS, der(SEQUENCE, der(SEQUENCE, name))));
    }
    if (ocsp != null) {
      byte[] where = der(0x86, ocsp.getBytes(StandardCharsets.US_ASCII));
      more.add(extension(AUTHORITY_ACCESS, der(SEQUENCE, der(SEQUENCE, OCSP, where))));
    }
    return make(this, subject, false, Duration.ofDays(365), List.of(hosts), List.of(), more);
  }

  private static byte[] extension(byte[] id, byte[] value) {
    return der(SEQUENCE, id, der(OCTETS, value));
  }

  private static TestCertificates make(
      TestCertificates issuer,
      String subject,
      boolean authority,
      Duration validity,
      List<String> hosts,
      List<String> usages) {
    return make(issuer, subject, authority, validity, hosts, usages, List.of());
  }

  private static TestCertificates make(
      TestCertificates issuer,
      String subject,
      boolean authority,
      Duration validity,
      List<String> hosts,
      List<String> usages,
      List<byte[]> more) {
    Instant end = Instant.now().plus(validity);
    Instant begin = (validity.isNegative() ? end : Instant.now()).minus(Duration.ofDays(1));
    return make(issuer, subject, authority, begin, end, hosts, usages, more);
  }

  private static TestCertificates make(
      TestCertificates issuer,
      String subject,
      boolean authority,
      Instant begin,
      Instant end,
      List<String> hosts,
      List<String> usages,
      List<byte[]> more) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair pair = generator.generateKeyPair();
      X500Principal name = new X500Principal(subject);
      X500Principal by = issuer == null ? name : issuer.leaf().getSubjectX500Principal();
      byte[] body =
          der(
              SEQUENCE,
              der(0xa0, new byte[] {0x02, 0x01, 0x02}),
              der(0x02, new BigInteger(64, RANDOM).add(BigInteger.ONE).toByteArray()),
              ECDSA_SHA256,
              by.getEncoded(),
              der(SEQUENCE, time(begin), time(end)),
              name.getEncoded(),
              pair.getPublic().getEncoded(),
              der(
                  0xa3,
                  der(
                      SEQUENCE,
                      extensions(authority, hosts, usages),
                      joined(more.toArray(byte[][]::new)))));
      byte[] certificate = signed(body, issuer == null ? pair.getPrivate() : issuer.key);
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate)));
      if (issuer != null) {
        chain.addAll(issuer.chain);
      }
      return new TestCertificates(pair.getPrivate(), chain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is to be signed, how it is signed, and the signature. */
  static byte[] signed(byte[] body, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(body);
    return der(SEQUENCE, body, ECDSA_SHA256, der(0x03, new byte[1], signature.sign()));
  }

  /** How everything here is signed. */
  static byte[] algorithm() {
    return ECDSA_SHA256.clone();
  }

  private static byte[] extensions(boolean authority, List<String> hosts, List<String> usages) {
    byte[] constraints =
        authority
            ? der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTETS, der(SEQUENCE, TRUE)))
            : der(SEQUENCE, BASIC_CONSTRAINTS, der(OCTETS, der(SEQUENCE)));
    if (!usages.isEmpty()) {
      byte[][] ids = new byte[usages.size()][];
      for (int i = 0; i < ids.length; i++) {
        // Each id-kp is one octet behind the others' common beginning.
        byte last = (byte) (usages.get(i).equals("serverAuth") ? 1 : 2);
        ids[i] = new byte[] {0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, last};
      }
      constraints =
          joined(constraints, der(SEQUENCE, EXTENDED_USAGE, der(OCTETS, der(SEQUENCE, ids))));
    }
    if (hosts.isEmpty()) {
      return constraints;
    }
    byte[][] names = new byte[hosts.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = host(hosts.get(i));
    }
    return joined(constraints, der(SEQUENCE, SAN, der(OCTETS, der(SEQUENCE, names))));
  }

  private static byte[] host(String host) {
    boolean address = host.matches("[0-9.]+") || host.contains(":");
    try {
      return address
          ? der(0x87, InetAddress.getByName(host).getAddress())
          : der(0x82, host.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] time(Instant instant) {
    String text =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").format(instant.atOffset(ZoneOffset.UTC));
    // UTCTime until 2049, as RFC 5280 wants it.
    return text.compareTo("2050") < 0
        ? der(0x17, text.substring(2).getBytes(StandardCharsets.US_ASCII))
        : der(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] der(int tag, byte[]... parts) {
    byte[] content = joined(parts);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  public PrivateKey key() {
    return key;
  }

  /**
   * The TLS of somebody who believes what this one has signed.
   *
   * @param own what he shows of himself; null for nothing
   */
  public SSLContext context(TestCertificates own) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", leaf());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      if (own != null) {
        store.setKeyEntry("k", own.key(), new char[0], new Certificate[] {own.leaf()});
      }
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its own certificate. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** Writes key and certificates as a JKS or PKCS12 store and returns the file. */
  public Path store(Path file, String type, String password) {
    return keyStore(file, type, password, password);
  }

  /** The same with another password on the key than on the store, which only JKS has. */
  public Path keyStore(Path file, String type, String password, String keyPassword) {
    try (OutputStream out = Files.newOutputStream(file)) {
      KeyStore store = KeyStore.getInstance(type);
      store.load(null, null);
      store.setKeyEntry("key", key, keyPassword.toCharArray(), chain.toArray(Certificate[]::new));
      store.store(out, password.toCharArray());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes its own certificate as one to be trusted, into a JKS or PKCS12 store. */
  public Path trustStore(Path file, String type, String password) {
    try (OutputStream out = Files.newOutputStream(file)) {
      KeyStore store = KeyStore.getInstance(type);
      store.load(null, null);
      store.setCertificateEntry("ca", leaf());
      store.store(out, password.toCharArray());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Key and certificates as PEM. */
  public String pem() {
    return block("PRIVATE KEY", key.getEncoded()) + certificatePem();
  }

  /** The certificates as PEM, its own first. */
  public String certificatePem() {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate certificate : chain) {
        text.append(block("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  private static String block(String name, byte[] bytes) {
    return "-----BEGIN "
        + name
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + name
        + "-----\n";
  }
}
