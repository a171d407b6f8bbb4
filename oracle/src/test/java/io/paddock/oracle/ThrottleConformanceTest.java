package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Apache's throttles do to clients and show in figures, ours do, too. */
class ThrottleConformanceTest {
  private static final ServerSpec STANDARD = ServerSpec.standard();

  /** Runs a story against a server of each kind; both must tell the same. */
  private static String alike(ServerSpec spec, Function<ServerUnderTest, String> story) {
    List<String> told = new ArrayList<>();
    for (Contender contender : List.of(Contender.oracle(), Contender.subject())) {
      try (ServerUnderTest server = contender.start(spec)) {
        told.add(story.apply(server));
      }
    }
    assertThat(told.get(1)).as(Contender.subject().toString()).isEqualTo(told.get(0));
    return told.get(0);
  }

  /** These figures of mntr. */
  private static Map<String, Long> figures(ServerUnderTest server, String... names) {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.getOutputStream().write("mntr".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Map<String, Long> figures = new TreeMap<>();
      for (String name : names) {
        Matcher matcher =
            Pattern.compile("^zk_" + name + "\t(\\d+)", Pattern.MULTILINE).matcher(answer);
        assertThat(matcher.find()).as(name).isTrue();
        figures.put(name, Long.valueOf(matcher.group(1)));
      }
      return figures;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a client with this session, or none, gets one. */
  private static String connect(ServerUnderTest server, RawClient.Welcome before) {
    long id = before == null ? 0 : before.sessionId();
    byte[] password = before == null ? new byte[16] : before.password();
    RawClient client = new RawClient(server.port());
    RawClient.Welcome welcome =
        client.handshake(RawClient.connectRequest(0, 30_000, id, password, true));
    client.close();
    return welcome == null ? "closed " : welcome.accepted() ? "in " : "refused ";
  }

  @Test
  void clientsBeyondTheTokensAreClosedWithoutAWord() {
    ServerSpec spec =
        STANDARD
            .with("connection_throttle_tokens", "3")
            .with("connection_throttle_fill_time", "100000000");
    String told =
        alike(
            spec,
            server -> {
              StringBuilder story = new StringBuilder();
              for (int i = 0; i < 5; i++) {
                story.append(connect(server, null));
              }
              return story
                  + figures(
                          server,
                          "connection_rejected",
                          "cnt_connection_token_deficit",
                          "sum_connection_token_deficit")
                      .toString();
            });
    assertThat(told)
        .isEqualTo(
            "in in in closed closed {cnt_connection_token_deficit=3, connection_rejected=2,"
                + " sum_connection_token_deficit=6}");
  }

  @Test
  void aSessionThatComesBackCostsLessByWeight() {
    ServerSpec spec =
        STANDARD
            .with("connection_throttle_tokens", "3")
            .with("connection_throttle_fill_time", "100000000")
            .with("connection_throttle_weight_enabled", "true");
    String told =
        alike(
            spec,
            server -> {
              try (RawClient first = new RawClient(server.port())) {
                RawClient.Welcome welcome =
                    first.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
                return connect(server, null)
                    + connect(server, welcome)
                    + connect(server, null)
                    + connect(server, welcome);
              }
            });
    assertThat(told).as("9 tokens: 3, 3, 2").isEqualTo("in in closed closed ");
  }

  @Test
  void aLargeRequestBeyondTheBoundIsCutOff() {
    ServerSpec spec =
        STANDARD.with("largeRequestThreshold", "1000").with("largeRequestMaxBytes", "5000");
    String told =
        alike(
            spec,
            server -> {
              StringBuilder story = new StringBuilder();
              for (int bytes : new int[] {900, 4000, 4900, 5000, 900}) {
                try (RawClient client = RawClient.session(server.port())) {
                  client.call(Op.create("/x", ""));
                  RawClient.Frame frame = client.call(Op.setData("/x", new byte[bytes], -1));
                  story.append(frame.kind()).append(' ');
                }
              }
              return story + figures(server, "large_requests_rejected").toString();
            });
    assertThat(told)
        .startsWith("FRAME FRAME FRAME ")
        .endsWith(" FRAME {large_requests_rejected=1}");
  }

  @Test
  void aWriteThatWaitsTooLongIsAnsweredInItsTurnAndNotDone() {
    ServerSpec spec =
        STANDARD
            .with("forceSync", "yes")
            .with("request_throttle_max_requests", "1")
            .with("throttled_op_wait_time", "10");
    for (Contender contender : List.of(Contender.oracle(), Contender.subject())) {
      try (ServerUnderTest server = contender.start(spec);
          RawClient client = RawClient.session(server.port())) {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
          ops.add(Op.create("/n" + i, ""));
        }
        List<Integer> xids = client.requests(ops, 0);
        List<RawClient.Frame> replies = client.next(ops.size());
        assertThat(replies).extracting(RawClient.Frame::xid).isEqualTo(xids);
        assertThat(replies).extracting(RawClient.Frame::err).containsOnly(0, -127);
        long done = replies.stream().filter(frame -> frame.err() == 0).count();
        assertThat(done).as("%s", contender).isBetween(1L, 899L);
        long lateReads = 0;
        try (RawClient other = RawClient.session(server.port())) {
          int children = 0;
          for (int i = 0; i < 900; i++) {
            int err = other.call(Op.exists("/n" + i, false)).err();
            for (; err == -127; err = other.call(Op.exists("/n" + i, false)).err()) {
              lateReads++;
            }
            boolean isThere = err == 0;
            assertThat(isThere).isEqualTo(replies.get(i).err() == 0);
            children += isThere ? 1 : 0;
          }
          assertThat(children).isEqualTo(done);
        }
        // On a busy machine Apache's server finds reads late, too.
        assertThat(figures(server, "throttled_ops"))
            .containsEntry("throttled_ops", 900 - done + lateReads);
      }
    }
  }
}
