package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whatever comes in at the ports of AdminServer and metrics is answered with a status or closed,
 * within a deadline, and then a plain request is answered.
 *
 * <p>Input: one byte that chooses the port, one that says where the bytes are cut into two pieces,
 * then the bytes.
 */
class HttpFuzzTest {
  private static final PortsFuzz PORTS = new PortsFuzz();
  private static final byte[] PLAIN =
      "GET /commands/ruok HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SCRAPE =
      "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @FuzzTest
  void anyRequestEndsAndTheNextOneIsAnswered(byte[] input) {
    if (input.length < 2) {
      return;
    }
    boolean admin = input[0] >= 0;
    int port = admin ? PORTS.adminPort() : PORTS.metricsPort();
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    byte[] answer = PortsFuzz.exchange(port, bytes, (input[1] & 0xff) % (bytes.length + 1));
    if (answer.length > 0) {
      String text = PortsFuzz.text(answer);
      assertThat(text).startsWith("HTTP/1.");
      assertThat(text.substring(8, Math.min(text.length(), 12))).matches(" [1-5]\\d\\d");
      assertThat(text).doesNotContain("Exception", "at io.paddock");
    }
    byte[] plain = admin ? PLAIN : SCRAPE;
    assertThat(PortsFuzz.text(PortsFuzz.exchange(port, plain, plain.length)))
        .startsWith("HTTP/1.")
        .contains(" 200 ");
    assertThat(PORTS.failed()).isFalse();
  }
}
