package io.paddock.operators;

import io.paddock.config.AdminConfig;
import io.paddock.metrics.EventCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The AdminServer's commands that give away all data or replace it; the only ones that ask who
 * asks.
 */
final class SnapshotCommand {
  private static final String SNAPSHOT = "snapshot";
  private static final String RESTORE = "restore";

  /** Schemes that know who asks without a word more. */
  private static final Set<String> ALONE = Set.of("ip", "x509");

  private final AdminConfig config;
  private final ServerStatus status;
  private long lastNanos;
  private boolean taken;

  SnapshotCommand(AdminConfig config, ServerStatus status) {
    this.config = config;
    this.status = status;
  }

  /**
   * Takes a snapshot and sends it, or only tells its zxid and size with {@code streaming=false}. No
   * limit of time: a large tree takes long, and the peer can hang up.
   */
  CompletableFuture<AdminAnswer> snapshot(AdminRequest request) {
    AdminAnswer refusal = refusal(SNAPSHOT, request);
    if (refusal == null) {
      refusal = hindrance();
    }
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    boolean streaming =
        request.arguments().getOrDefault("streaming", "true").equalsIgnoreCase("true");
    return status
        .takeSnapshot()
        .thenApply(
            snapshot -> {
              AdminAnswer answer =
                  AdminAnswer.ok(SNAPSHOT, Map.of()).withHeaders(headers(snapshot));
              return streaming ? answer.withFile(snapshot.file()) : answer;
            });
  }

  /** Why there can be no snapshot now; null when there can. */
  private AdminAnswer hindrance() {
    if (!config.snapshotEnabled()) {
      return AdminAnswer.error(503, SNAPSHOT, "disabled by admin.snapshot.enabled=false");
    }
    if (!status.config().journal().lastZxidInSnapshot()) {
      return AdminAnswer.error(
          500, SNAPSHOT, "needs serializeLastProcessedZxid.enabled=true, which is the default");
    }
    if (!status.serving() || status.mode() == ServerMode.READ_ONLY) {
      return AdminAnswer.error(
          503, SNAPSHOT, "this server has no quorum: what it holds may not be decided yet");
    }
    if (!tryTake()) {
      status.metrics().count(EventCounter.SNAPSHOT_RATE_LIMITED_COUNT);
      return AdminAnswer.error(
          429, SNAPSHOT, "one snapshot in " + config.snapshotIntervalMs() + " ms is allowed");
    }
    return null;
  }

  private static Map<String, String> headers(ServerStatus.SnapshotFile snapshot) {
    try {
      return Map.of(
          "last_zxid",
          "0x" + Long.toHexString(snapshot.zxid()),
          "snapshot_size",
          String.valueOf(Files.size(snapshot.file())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  AdminAnswer restore(AdminRequest request) {
    AdminAnswer refusal = refusal(RESTORE, request);
    if (refusal != null) {
      return refusal;
    }
    return AdminAnswer.error(
        501,
        RESTORE,
        "restoring into a running server is not there yet: stop it, move the files in version-2 of"
            + " dataDir and dataLogDir away, put the snapshot there as snapshot.<its last_zxid>,"
            + " and start it");
  }

  /** Why this request may not be served; null when it may. */
  private AdminAnswer refusal(String command, AdminRequest request) {
    if (request.authorization() == null) {
      return AdminAnswer.error(401, command, "Auth info is missing for the command");
    }
    // Exactly one blank, as Apache has it: otherwise half a line would make an identity.
    String[] words = request.authorization().trim().split(" ");
    boolean whole = words.length == 2 || words.length == 1 && ALONE.contains(words[0]);
    if (!whole) {
      return AdminAnswer.error(401, command, "Not authenticated");
    }
    byte[] auth = words.length < 2 ? new byte[0] : words[1].getBytes(StandardCharsets.UTF_8);
    return switch (status.access(words[0], auth, request.peer(), request.certified())) {
      case NOT_AUTHENTICATED -> AdminAnswer.error(401, command, "Not authenticated");
      case NOT_AUTHORIZED -> AdminAnswer.error(403, command, "Not authorized");
      case GRANTED -> null;
    };
  }

  private synchronized boolean tryTake() {
    long now = System.nanoTime();
    if (taken && now - lastNanos < config.snapshotIntervalMs() * 1_000_000) {
      return false;
    }
    taken = true;
    lastNanos = now;
    return true;
  }
}
