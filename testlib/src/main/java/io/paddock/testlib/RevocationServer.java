package io.paddock.testlib;

import static io.paddock.testlib.TestCertificates.der;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where an authority tells which of its certificates it has revoked: by a list (RFC 5280) at {@link
 * #crl} and by OCSP (RFC 6960) at {@link #ocsp}, over HTTP on loopback. Any thread.
 */
public final class RevocationServer implements AutoCloseable {
  private static final int SEQUENCE = 0x30;
  private static final byte[] BASIC_OCSP = {0x06, 0x09, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1};

  private final TestCertificates authority;
  private final HttpServer http;
  private final int port;
  private final Map<BigInteger, Instant> revoked = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();

  private RevocationServer(TestCertificates authority) throws IOException {
    this.authority = authority;
    this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    this.port = http.getAddress().getPort();
    http.createContext("/crl", exchange -> answer(exchange, "application/pkix-crl", list()));
    http.createContext("/ocsp", this::onOcsp);
    http.start();
  }

  public static RevocationServer of(TestCertificates authority) throws IOException {
    return new RevocationServer(authority);
  }

  /** A list of its own for each name, for who has read one keeps it for a while. */
  public String crl(String name) {
    return "http://127.0.0.1:" + port + "/crl/" + name;
  }

  public String ocsp() {
    return "http://127.0.0.1:" + port + "/ocsp";
  }

  public void revoke(X509Certificate certificate) {
    revoked.put(certificate.getSerialNumber(), Instant.now().minus(Duration.ofHours(1)));
  }

  /** How often it was asked. */
  public int asked() {
    return asked.get();
  }

  private byte[] list() {
    byte[] entries = new byte[0];
    for (Map.Entry<BigInteger, Instant> entry : revoked.entrySet()) {
      byte[] one =
          der(
              SEQUENCE,
              der(0x02, entry.getKey().toByteArray()),
              TestCertificates.time(entry.getValue()));
      entries = concat(entries, one);
    }
    Instant now = Instant.now();
    return signed(
        der(
            SEQUENCE,
            new byte[] {0x02, 1, 1},
            TestCertificates.algorithm(),
            authority.leaf().getSubjectX500Principal().getEncoded(),
            TestCertificates.time(now.minus(Duration.ofHours(1))),
            TestCertificates.time(now.plus(Duration.ofHours(1))),
            entries.length == 0 ? entries : der(SEQUENCE, entries)));
  }

  private void onOcsp(HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    if (request.length == 0) {
      String path = exchange.getRequestURI().getPath();
      request = Base64.getDecoder().decode(path.substring("/ocsp/".length()));
    }
    // OCSPRequest, TBSRequest, requestList, Request, CertID: each the first within the other.
    Der at = new Der(request);
    for (int depth = 0; depth < 4; depth++) {
      at.enter();
    }
    byte[] id = at.whole();
    Der in = new Der(id);
    in.enter();
    for (int field = 0; field < 3; field++) {
      in.whole();
    }
    byte[] serial = in.whole();
    answer(exchange, "application/ocsp-response", status(id, serial));
  }

  private byte[] status(byte[] id, byte[] serial) {
    var number = new BigInteger(Arrays.copyOfRange(serial, 2, serial.length));
    Instant when = revoked.get(number);
    Instant now = Instant.now();
    byte[] single =
        der(
            SEQUENCE,
            id,
            when == null ? new byte[] {(byte) 0x80, 0} : der(0xa1, generalized(when)),
            generalized(now.minus(Duration.ofMinutes(1))),
            der(0xa0, generalized(now.plus(Duration.ofHours(1)))));
    byte[] basic =
        signed(
            der(
                SEQUENCE,
                der(0xa1, authority.leaf().getSubjectX500Principal().getEncoded()),
                generalized(now),
                der(SEQUENCE, single)));
    return der(
        SEQUENCE, new byte[] {0x0a, 1, 0}, der(0xa0, der(SEQUENCE, BASIC_OCSP, der(0x04, basic))));
  }

  private byte[] signed(byte[] body) {
    try {
      return TestCertificates.signed(body, authority.key());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] generalized(Instant instant) {
    String text =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").format(instant.atOffset(ZoneOffset.UTC));
    return der(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads values one behind the other. */
  private static final class Der {
    private final byte[] bytes;
    private int at;

    Der(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Goes from a value's beginning to its content's; returns the content's length. */
    int enter() {
      at++;
      int length = bytes[at++] & 0xff;
      if (length < 0x80) {
        return length;
      }
      int lengthBytes = length & 0x7f;
      length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = (length << 8) + (bytes[at++] & 0xff);
      }
      return length;
    }

    /** The value that begins here, and goes behind it. */
    byte[] whole() {
      int start = at;
      int length = enter();
      at += length;
      return Arrays.copyOfRange(bytes, start, at);
    }
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
    asked.incrementAndGet();
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
