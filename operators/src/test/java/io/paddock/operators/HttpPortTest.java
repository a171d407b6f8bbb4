package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.config.HttpLimits;
import io.paddock.testlib.LogLines;
import io.paddock.testlib.RawSocket;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow, half, endless, malformed and too many requests at an HTTP port, and its order. */
@Timeout(120)
class HttpPortTest {
  private static final int LONG_MS = 60_000;
  private static final int SHORT_MS = 500;
  private static final int BODY_BYTES = 64 << 10;
  private static final int LARGE_BYTES = 12 << 20;
  private static final String HOST = "Host: here\r\n";

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Queue<CompletableFuture<WebAnswer>> waiting = new ConcurrentLinkedQueue<>();
  private HttpPort port;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (port != null) {
      port.close();
    }
  }

  private void listen(int idleMs, int connectionsMax, int perAddressMax) throws IOException {
    HttpLimits limits =
        new HttpLimits(idleMs, 4096, 8192, BODY_BYTES, connectionsMax, perAddressMax);
    port = HttpPort.open("127.0.0.1", 0, "test-http", limits, this::answer);
  }

  private void listen(int idleMs) throws IOException {
    listen(idleMs, 256, 128);
  }

  private CompletableFuture<WebAnswer> answer(WebRequest request) throws IOException {
    switch (request.path()) {
      case "/wait" -> {
        CompletableFuture<WebAnswer> answer = new CompletableFuture<>();
        waiting.add(answer);
        return answer;
      }
      case "/large" -> {
        return CompletableFuture.completedFuture(
            WebAnswer.of(200, WebAnswer.TEXT, "x".repeat(LARGE_BYTES)));
      }
      case "/file" -> {
        Path file = directory.resolve("large");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(LARGE_BYTES);
        }
        return CompletableFuture.completedFuture(WebAnswer.ofFile(file));
      }
      case "/error" -> throw new StackOverflowError("by the test");
      default -> {
        return CompletableFuture.completedFuture(
            WebAnswer.of(200, WebAnswer.TEXT, request.method() + " " + request.path() + "\n"));
      }
    }
  }

  private RawSocket connect() throws IOException {
    return connect(0);
  }

  private RawSocket connect(int receiveBytes) throws IOException {
    RawSocket socket = new RawSocket(port.port(), receiveBytes);
    open.add(socket);
    return socket;
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  /** What one request is answered; asked again if the deadline struck before it was sent. */
  private String talk(String request) throws IOException {
    String answer;
    do {
      try (RawSocket socket = new RawSocket(port.port())) {
        answer = socket.send(request).readToEnd();
      }
    } while (answer.isEmpty());
    return answer;
  }

  /** That somebody else is answered. */
  private void assertServes() throws IOException {
    String answer = talk("GET /probe HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\ncontent-length: 11\r\n")
        .contains("\r\nconnection: close\r\n")
        .endsWith("\r\n\r\nGET /probe\n");
  }

  @Test
  void halfRequestsKeepNobodyElseFromBeingAnswered() throws Exception {
    listen(LONG_MS);
    for (int i = 0; i < 250; i++) {
      connect().send("GET / HT");
      if (i % 50 == 0) {
        assertServes();
      }
    }
    assertServes();
  }

  @Test
  void threeThousandSilentConnectionsLeaveRoomForOneThatSpeaks() throws Exception {
    listen(LONG_MS, 64, 32);
    List<RawSocket> silent = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      silent.add(connect());
    }
    assertServes();
    // The oldest had to give way.
    assertThat(silent.get(0).readToEnd()).isEmpty();
    assertThat(silent.get(2960).readToEnd()).isEmpty();
    assertThat(silent.get(2999).hears(1)).isFalse();
  }

  @Test
  void aRequestThatComesByteByByteIsCutAfterTheDeadlineAndToldSo() throws Exception {
    listen(SHORT_MS);
    RawSocket slow = connect().send("GET / HTTP/1.1\r\nX: ");
    int sent = 0;
    while (!slow.hears(5)) {
      slow.send("x");
      assertThat(++sent).isLessThan(8000);
    }
    // The first byte is heard already.
    assertThat(slow.readToEnd()).startsWith("TTP/1.1 408 ").endsWith("takes too long\n");
    assertServes();
  }

  @Test
  void whoeverAsksNothingAnyMoreIsClosedAfterTheDeadline() throws Exception {
    listen(SHORT_MS);
    assertThat(connect().readToEnd()).isEmpty();
    assertThat(talk(get("/once")))
        .contains("\r\nconnection: keep-alive\r\n")
        .endsWith("\r\n\r\nGET /once\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /', 414",
    "'GET / HTTP/1.1\r\nHost: here\r\nX: ', 431",
    "'GET / HTTP/1.1\r\nHost: here\r\nX: y\r\nZ', 431",
  })
  void aHeadWithoutEndIsRefusedAtItsBound(String beginning, int status) throws Exception {
    listen(LONG_MS);
    RawSocket endless = connect().send(beginning);
    endless.send("x".repeat(8300));
    assertThat(endless.readToEnd()).startsWith("HTTP/1.1 " + status + " ");
    assertThat(endless.sendUntilCut(new byte[1 << 14])).isLessThan(8L << 20);
  }

  @Test
  void manyHeadersAreRefusedAtTheirBound() throws Exception {
    listen(LONG_MS);
    RawSocket endless = connect().send("GET / HTTP/1.1\r\n" + "A: bcdefg\r\n".repeat(1000));
    assertThat(endless.readToEnd()).startsWith("HTTP/1.1 431 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003abcdefg\r\n\r\n",
        "\u0000\u0000\u0000\u002d\u0000\u0000\u0000\u0000\r\n\r\n",
        "hello\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void whatIsNoRequestIsToldSoAndTheConnectionEnds(String garbage) throws Exception {
    listen(LONG_MS);
    RawSocket client = connect().send(garbage);
    assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ");
    client.assertStillTaken();
    assertServes();
  }

  @Test
  void anotherHttpIsRefused() throws Exception {
    listen(LONG_MS);
    assertThat(talk("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505 ");
  }

  @Test
  void requestsSentAheadAreAnsweredInTheirOrderAlsoWhenNoMoreFollow() throws Exception {
    listen(LONG_MS);
    StringBuilder requests = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      requests.append(get(i == 0 ? "/wait" : "/" + i));
      expected.append(i == 0 ? "first\n" : "GET /" + i + "\n");
    }
    RawSocket client = connect().send(requests.toString()).endOutput();
    while (waiting.isEmpty()) {
      Thread.onSpinWait();
    }
    waiting.remove().complete(WebAnswer.of(200, WebAnswer.TEXT, "first\n"));
    String bodies = client.readToEnd().replaceAll("(?s)HTTP/1.1 200 OK\r\n.*?\r\n\r\n", "");
    assertThat(bodies).isEqualTo(expected.toString());
  }

  @Test
  void bodiesAreSkippedUpToTheirBoundAndTheNextRequestIsFoundBehindThem() throws Exception {
    listen(LONG_MS);
    String answers =
        connect()
            .send("POST /a HTTP/1.1\r\n" + HOST + "Content-Length: " + BODY_BYTES + "\r\n\r\n")
            .send("x".repeat(BODY_BYTES))
            .send("PUT /b HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n")
            .send("3;ext=1\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: x\r\n\r\n")
            .send(get("/c"))
            .endOutput()
            .readToEnd();
    assertThat(answers).contains("\nPOST /a\n", "\nPUT /b\n").endsWith("\nGET /c\n");
  }

  @Test
  void aHugeBodyIsAnsweredWithoutReadingIt() throws Exception {
    listen(LONG_MS);
    RawSocket client =
        connect().send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 40000000000\r\n\r\n");
    assertThat(client.readToEnd()).contains("\r\nconnection: close\r\n").endsWith("POST /\n");
    assertThat(client.sendUntilCut(new byte[1 << 14])).isLessThan(8L << 20);
  }

  @Test
  void aBodyWithoutEndIsCutAtItsBound() throws Exception {
    listen(LONG_MS);
    RawSocket client =
        connect().send("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
    assertThat(client.readTo("POST /\n")).startsWith("HTTP/1.1 200 ");
    byte[] chunk = ("4000\r\n" + "x".repeat(0x4000) + "\r\n").getBytes("US-ASCII");
    assertThat(client.sendUntilCut(chunk)).isLessThan(8L << 20);
  }

  @Test
  void aBodyThatDoesNotComeIsCutAfterTheDeadline() throws Exception {
    listen(SHORT_MS);
    assertThat(talk("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nab"))
        .endsWith("POST /\n");
  }

  @Test
  void chunksThatAreNoneEndTheConnectionBehindTheAnswer() throws Exception {
    listen(LONG_MS);
    String head = "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
    RawSocket client = connect().send(head + "zz\r\nabc\r\n" + get("/smuggled"));
    assertThat(client.readToEnd()).endsWith("POST /\n");
    client.assertStillTaken();
  }

  @Test
  void http10EndsWithTheAnswerUnlessAskedOtherwise() throws Exception {
    listen(LONG_MS);
    assertThat(talk("GET /a HTTP/1.0\r\n\r\n")).endsWith("\r\n\r\nGET /a\n");
    String two =
        connect()
            .send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n")
            .readToEnd();
    assertThat(two).contains("GET /a\n").endsWith("GET /b\n");
  }

  @Test
  void headHasEverythingButTheBody() throws Exception {
    listen(LONG_MS);
    String head = "HEAD /large HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n";
    assertThat(talk(head)).contains("content-length: " + LARGE_BYTES).endsWith("\r\n\r\n");
  }

  @Test
  void whoeverAsksWhetherToSendABodyHearsTheAnswerAtOnce() throws Exception {
    listen(LONG_MS);
    String head =
        "POST / HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    assertThat(talk(head)).startsWith("HTTP/1.1 200 ").endsWith("POST /\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/a%20b+c?d=e, '/a b+c'",
    "http://elsewhere:80/x, /x",
    "http://elsewhere, /",
    "/a#b, /a",
    "/a;x=1/./b;y/../c?d, /a/c",
  })
  void pathsAreReadAsTheyWereMeant(String target, String path) throws Exception {
    listen(LONG_MS);
    String answer = talk("GET " + target + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
    assertThat(answer).endsWith("\r\n\r\nGET " + path + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/odd%zz", "/%", "/a%00", "/?a=%4", "/..", "/a/../../b", "*", "a/b"})
  void whatIsNoPathIsRefused(String target) throws Exception {
    listen(LONG_MS);
    assertThat(talk("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("That is no path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/large", "/file"})
  void whoeverDoesNotReadItsAnswerIsCutAndMeanwhileKeepsNobodyWaiting(String path)
      throws Exception {
    listen(SHORT_MS);
    List<RawSocket> readers = new ArrayList<>();
    // More than there are threads; of the large ones only as many as leave room for a further one.
    for (int i = 0; i < (path.equals("/file") ? 8 : 1); i++) {
      readers.add(connect(4096).send(get(path)));
    }
    assertServes();
    for (RawSocket reader : readers) {
      // Nothing it sends is taken, so that this ends only with the connection.
      while (!isCut(reader)) {
        Thread.onSpinWait();
      }
      assertThat(reader.countToEnd()).isLessThan(LARGE_BYTES);
    }
  }

  private static boolean isCut(RawSocket reader) {
    try {
      reader.send("x");
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/large", "/file"})
  void aLargeAnswerArrivesWhole(String path) throws Exception {
    listen(LONG_MS);
    RawSocket reader = connect().send(get(path));
    assertThat(reader.readTo("\r\n\r\n")).contains("content-length: " + LARGE_BYTES);
    assertThat(reader.endOutput().countToEnd()).isEqualTo(LARGE_BYTES);
  }

  @Test
  void whenMuchWaitsToBeReadNoMoreIsMadeUntilItIsGone() throws Exception {
    listen(LONG_MS);
    RawSocket a = connect(4096).send(get("/large"));
    RawSocket b = connect(4096).send(get("/large"));
    assertThat(a.hears(LONG_MS) && b.hears(LONG_MS)).isTrue();
    assertThat(talk(get("/probe").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")))
        .startsWith("HTTP/1.1 503 ");
    a.close();
    String answer;
    do {
      answer = talk("GET /probe HTTP/1.0\r\n\r\n");
    } while (answer.startsWith("HTTP/1.1 503 "));
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whenAllAreBeingAnsweredOneMoreIsTurnedAwayInWords() throws Exception {
    listen(LONG_MS, 2, 2);
    RawSocket a = connect().send(get("/wait"));
    RawSocket b = connect().send(get("/wait"));
    while (waiting.size() < 2) {
      Thread.onSpinWait();
    }
    assertThat(connect().send(get("/")).readToEnd()).startsWith("HTTP/1.1 503 ");
    for (CompletableFuture<WebAnswer> each : waiting) {
      each.complete(WebAnswer.of(200, WebAnswer.TEXT, "done"));
    }
    assertThat(a.readTo("done")).startsWith("HTTP/1.1 200 ");
    assertThat(b.readTo("done")).startsWith("HTTP/1.1 200 ");
    assertServes();
  }

  @Test
  void anErrorEndsNoMoreThanItsAnswer() throws Exception {
    listen(LONG_MS);
    try (LogLines log = new LogLines()) {
      for (int i = 0; i < 10; i++) {
        assertThat(talk("GET /error HTTP/1.0\r\n\r\n"))
            .startsWith("HTTP/1.1 500 ")
            .endsWith("Internal error: java.lang.StackOverflowError: by the test\n");
      }
      assertThat(log.count("Request /error failed")).isEqualTo(10);
    }
    assertServes();
  }

  @Test
  void anAddressThatCannotBeBoundIsToldInTheSystemsWords() throws Exception {
    listen(LONG_MS);
    HttpLimits limits = new HttpLimits(LONG_MS, 4096, 8192, BODY_BYTES, 2, 2);
    assertThatThrownBy(
            () -> HttpPort.open("127.0.0.1", port.port(), "test-http", limits, this::answer))
        .isInstanceOf(IOException.class)
        .hasMessage("Address already in use");
    assertThatThrownBy(() -> HttpPort.open("no.invalid", 0, "test-http", limits, this::answer))
        .isInstanceOf(UnknownHostException.class)
        .hasMessage("no such host: no.invalid");
  }
}
