package io.paddock.operators;

import io.paddock.config.JournalConfig;
import io.paddock.metrics.ConnectionInfo;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import io.paddock.replica.ZxidDigest;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The four-letter words: questions that an operator types into a bare connection (client protocol
 * sheet, sections 1.4 and 12.1). Answers are plain text, after which the connection is closed.
 *
 * <p>Whatever is put together from many connections or from the file system is done on the
 * executor, never on the event loop that asks.
 */
public final class FourLetterWords {
  private static final Logger LOG = LoggerFactory.getLogger(FourLetterWords.class);

  /** What a word is whose letters no client can mean: telnet's interrupt, answered as refused. */
  private static final String TELNET_CLOSE = "telnet close";

  private static final int TELNET_CLOSE_BYTES = 0xfff4fffd;

  /** Trace mask that ZooKeeper starts with; kept, shown and settable, without effect here. */
  private static final long TRACE_MASK = 306;

  public static final String NOT_SERVING =
      "This ZooKeeper instance is not currently serving requests";

  private static final Set<String> WORDS =
      Set.of(
          "conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "ruok", "stmk", "srst", "srvr",
          "stat", "wchc", "wchp", "wchs", "mntr", "isro", "hash");

  private static final Set<String> ANSWERED_WHEN_NOT_SERVING =
      Set.of("ruok", "envi", "gtmk", "stmk", "isro");

  private final ServerStatus status;
  private final BuildInfo build;
  private final Executor executor;
  private final AtomicLong traceMask = new AtomicLong(TRACE_MASK);

  public FourLetterWords(ServerStatus status, BuildInfo build, Executor executor) {
    this.status = status;
    this.build = build;
    this.executor = executor;
  }

  /**
   * The word that the first four bytes of a connection, taken as a big-endian number, stand for;
   * null for anything else, which is then the length of a frame.
   */
  public static String word(int firstBytes) {
    if (firstBytes == TELNET_CLOSE_BYTES) {
      return TELNET_CLOSE;
    }
    byte[] letters = {
      (byte) (firstBytes >> 24),
      (byte) (firstBytes >> 16),
      (byte) (firstBytes >> 8),
      (byte) firstBytes
    };
    String word = new String(letters, StandardCharsets.ISO_8859_1);
    return WORDS.contains(word) ? word : null;
  }

  /**
   * How many bytes of argument follow a word: stmk has a mask of 8, big-endian; others ignore it.
   */
  public static int argumentBytes(String word) {
    return word.equals("stmk") ? Long.BYTES : 0;
  }

  AtomicLong traceMask() {
    return traceMask;
  }

  /**
   * Answers a word.
   *
   * @param word as {@link #word} gave it
   * @param argument the mask after stmk; unused by the others
   * @param timer ends the wait for the threads that serve: the loop of who asks
   */
  public CompletableFuture<String> answer(
      String word, long argument, ScheduledExecutorService timer) {
    return answer(word, argument, timer, false);
  }

  /**
   * The same on the port for TLS, as far as there is a difference.
   *
   * @param secure whether it is asked there: as with Apache's server, connections are listed at the
   *     port that they came to
   */
  public CompletableFuture<String> answer(
      String word, long argument, ScheduledExecutorService timer, boolean secure) {
    if (word.equals(TELNET_CLOSE) || !status.config().fourLetterWords().allows(word)) {
      return now(word + " is not executed because it is not in the whitelist.\n");
    }
    boolean serving = status.servesClients();
    if (!serving && !ANSWERED_WHEN_NOT_SERVING.contains(word)) {
      return now(NOT_SERVING + "\n");
    }
    return switch (word) {
      case "ruok" -> ifItGoes(timer, () -> now("imok"));
      case "isro" -> ifItGoes(timer, () -> now(readOnly(serving)));
      case "gtmk" -> now(String.valueOf(traceMask.get()));
      case "stmk" -> {
        traceMask.set(argument);
        yield now(String.valueOf(argument));
      }
      case "crst" -> {
        status.resetConnectionStats();
        yield now("Connection stats reset.\n");
      }
      case "srst" -> {
        status.metrics().reset();
        yield now("Server stats reset.\n");
      }
      case "srvr" -> ifItGoes(timer, () -> later(() -> header() + figures()));
      case "mntr" -> later(this::mntr);
      case "conf" -> later(this::conf);
      case "dirs" -> later(this::dirs);
      case "envi" -> later(this::envi);
      case "stat" -> ifItGoes(timer, () -> with(connections(secure), this::stat));
      case "cons" -> with(connections(secure), FourLetterWords::cons);
      case "hash" -> with(status.digests(), FourLetterWords::hash);
      case "wchs" -> with(status.watchedPaths(), FourLetterWords::wchs);
      case "wchc" -> with(status.watchedPaths(), FourLetterWords::wchc);
      case "wchp" -> with(status.watchedPaths(), FourLetterWords::wchp);
      case "dump" -> SessionDump.text(status, executor);
      default -> throw new IllegalArgumentException(word);
    };
  }

  /**
   * What probes ask is answered by the threads that serve: nothing is said, and the connection
   * closed, when one of them does not come by in time.
   */
  private CompletableFuture<String> ifItGoes(
      ScheduledExecutorService timer, Supplier<CompletableFuture<String>> answer) {
    CompletableFuture<Void> round = status.round();
    // Not orTimeout: it starts a thread of the JDK's, which a machine without further ones refuses
    // with an Error.
    Future<?> end =
        timer.schedule(
            () -> round.completeExceptionally(new TimeoutException()),
            status.roundMsMax(),
            TimeUnit.MILLISECONDS);
    round.whenComplete((all, stuck) -> end.cancel(false));
    return round
        .handle((all, stuck) -> stuck)
        .thenCompose(
            stuck -> {
              if (stuck == null) {
                return answer.get();
              }
              LOG.error(
                  "Nothing is said to a probe, for a thread that serves is stuck or has ended");
              return now(null);
            });
  }

  private String readOnly(boolean serving) {
    return !serving ? "null" : status.mode() == ServerMode.READ_ONLY ? "ro" : "rw";
  }

  private static CompletableFuture<String> now(String answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private CompletableFuture<String> later(Supplier<String> work) {
    return CompletableFuture.supplyAsync(work, executor);
  }

  private CompletableFuture<List<ConnectionInfo>> connections(boolean secure) {
    return status
        .connections()
        .thenApply(all -> all.stream().filter(one -> one.secure() == secure).toList());
  }

  private <T> CompletableFuture<String> with(
      CompletableFuture<T> material, Function<T, String> format) {
    return material.thenApplyAsync(format, executor);
  }

  private String header() {
    String readOnly =
        status.mode() == ServerMode.READ_ONLY
            ? "READ-ONLY mode; serving only read-only clients\n"
            : "";
    return "Zookeeper version: " + build.text() + "\n" + readOnly;
  }

  private String figures() {
    ServerMetrics metrics = status.metrics();
    Summary latency = metrics.requests();
    ServerStatus.TreeFigures tree = status.tree();
    return "Latency min/avg/max: "
        + (latency.min() + "/" + MetricsReport.rounded(latency.average()) + "/" + latency.max())
        + ("\nReceived: " + metrics.packetsReceived())
        + ("\nSent: " + metrics.packetsSent())
        + ("\nConnections: " + metrics.connections())
        + ("\nOutstanding: " + status.outstanding())
        + ("\nZxid: 0x" + Long.toHexString(tree.zxid()))
        + ("\nMode: " + status.mode().text())
        + ("\nNode count: " + tree.nodeCount() + "\n")
        + AdminCommands.wait(status.member())
            .filter(MemberView::leads)
            .map(member -> "Proposal sizes last/min/max: " + member.proposalSizes() + "\n")
            .orElse("");
  }

  private String stat(List<ConnectionInfo> connections) {
    StringBuilder text = new StringBuilder(header()).append("Clients:\n");
    for (ConnectionInfo connection : connections) {
      appendShort(text, connection).append(")\n");
    }
    return text.append('\n').append(figures()).toString();
  }

  private static StringBuilder appendShort(StringBuilder text, ConnectionInfo connection) {
    return text.append(' ')
        .append(connection.address())
        .append('[')
        .append(Integer.toHexString(connection.interestOps()))
        .append("](queued=")
        .append(connection.queued())
        .append(",recved=")
        .append(connection.received())
        .append(",sent=")
        .append(connection.sent());
  }

  private static String cons(List<ConnectionInfo> connections) {
    StringBuilder text = new StringBuilder();
    for (ConnectionInfo connection : connections) {
      appendShort(text, connection);
      if (connection.sessionId() != 0) {
        appendSession(text, connection);
      }
      text.append(")\n");
    }
    return text.append('\n').toString();
  }

  private static void appendSession(StringBuilder text, ConnectionInfo connection) {
    text.append(",sid=0x").append(Long.toHexString(connection.sessionId()));
    text.append(",lop=").append(connection.lastOperation());
    text.append(",est=").append(connection.establishedMs());
    text.append(",to=").append(connection.timeoutMs());
    if (connection.lastCxid() >= 0) {
      text.append(",lcxid=0x").append(Long.toHexString(connection.lastCxid()));
    }
    text.append(",lzxid=0x").append(Long.toHexString(connection.lastZxid()));
    text.append(",lresp=").append(connection.lastResponseMs());
    text.append(",llat=").append(connection.lastLatencyMs());
    text.append(",minlat=").append(connection.minLatencyMs());
    text.append(",avglat=").append(connection.avgLatencyMs());
    text.append(",maxlat=").append(connection.maxLatencyMs());
  }

  private String mntr() {
    StringBuilder text = new StringBuilder();
    text.append("zk_version\t").append(build.text()).append('\n');
    text.append("zk_server_state\t").append(status.mode().text()).append('\n');
    if (status.mode() != ServerMode.READ_ONLY) {
      AdminCommands.wait(status.member())
          .map(MemberView::state)
          .orElse(Map.of())
          .forEach((key, value) -> text.append("zk_" + key + "\t" + value + "\n"));
    }
    MetricsReport.monitor(status)
        .forEach((key, value) -> text.append("zk_" + key + "\t" + value + "\n"));
    return text.toString();
  }

  private String conf() {
    StringBuilder text = new StringBuilder();
    ConfigReport.fourLetter(status).forEach((key, value) -> text.append(key + "=" + value + "\n"));
    AdminCommands.wait(status.member())
        .ifPresent(member -> text.append("membership: \n" + member.figures().config().text()));
    return text.toString();
  }

  private String dirs() {
    JournalConfig journal = status.config().journal();
    return ("datadir_size: " + ConfigReport.size(journal.dataDir()) + "\n")
        + ("logdir_size: " + ConfigReport.size(journal.dataLogDir()) + "\n");
  }

  private String envi() {
    StringBuilder text = new StringBuilder("Environment:\n");
    Environment.list(build, status.config().systemProperties())
        .forEach((key, value) -> text.append(key + "=" + value + "\n"));
    return text.toString();
  }

  private static String hash(List<ZxidDigest> digests) {
    StringBuilder text = new StringBuilder();
    for (ZxidDigest digest : digests) {
      text.append(Long.toHexString(digest.zxid())).append(": ");
      text.append(digest.digest()).append('\n');
    }
    return text.toString();
  }

  private static String wchs(SortedMap<Long, List<String>> watched) {
    long watches = watched.values().stream().mapToLong(Collection::size).sum();
    int paths = byPath(watched).size();
    return (watched.size() + " connections watching " + paths + " paths\n")
        + ("Total watches:" + watches + "\n");
  }

  private static String wchc(SortedMap<Long, List<String>> watched) {
    StringBuilder text = new StringBuilder();
    watched.forEach(
        (session, paths) -> {
          text.append("0x").append(Long.toHexString(session)).append('\n');
          paths.forEach(path -> text.append('\t').append(path).append('\n'));
        });
    return text.append('\n').toString();
  }

  private static String wchp(SortedMap<Long, List<String>> watched) {
    StringBuilder text = new StringBuilder();
    byPath(watched)
        .forEach(
            (path, sessions) -> {
              text.append(path).append('\n');
              sessions.forEach(
                  session -> text.append("\t0x").append(Long.toHexString(session)).append('\n'));
            });
    return text.append('\n').toString();
  }

  /** The sessions that watch each path. */
  static Map<String, Set<Long>> byPath(SortedMap<Long, List<String>> watched) {
    Map<String, Set<Long>> byPath = new TreeMap<>();
    watched.forEach(
        (session, paths) ->
            paths.forEach(path -> byPath.computeIfAbsent(path, p -> new TreeSet<>()).add(session)));
    return byPath;
  }
}
