package io.paddock.shell;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** Changing znodes: create, set, delete, deleteall, and sync. */
final class NodeWrites {
  /** How many deletions go into one transaction, unless {@code -b} says otherwise. */
  private static final int DELETE_BATCH = 1000;

  private NodeWrites() {}

  static List<CommandSpec> commands() {
    return List.of(
        CommandSpec.of(
            "create",
            "[-s] [-e] [-c] [-t ttl] path [data] [acl]",
            Options.none().flags("s", "e", "c").value("t", ""),
            "a znode; -s sequential, -e ephemeral, -c container, -t with a time to live in ms",
            NodeWrites::create),
        CommandSpec.of(
                "set",
                "path data [-s] [-v version] [-b]",
                Options.none()
                    .flag("s", "Print znode stats additionally")
                    .value("v", "Set with an expected version")
                    .flag("b", "Supply data in base64 format"),
                "data; -s prints the stat, -v only at that version, -b data is base64",
                NodeWrites::set)
            .usageListsOptions(),
        CommandSpec.of(
            "delete",
            "[-v version] path",
            Options.none().value("v", ""),
            "a znode without children; -v only at that version",
            NodeWrites::delete),
        CommandSpec.of(
            "deleteall",
            "path [-b batch size]",
            Options.none().value("b", ""),
            "a znode and all below it; -b deletions per transaction",
            NodeWrites::deleteAll),
        CommandSpec.of(
            "sync", "path", Options.none(), "catch up with the leader", NodeWrites::sync));
  }

  private static void create(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    String data = call.arguments().word(1);
    byte[] bytes = data == null ? null : data.getBytes(StandardCharsets.UTF_8);
    long ttl = ttl(call);
    CreateMode mode = mode(call);
    String aclText = call.arguments().word(2);
    List<ACL> acl =
        aclText == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : AclText.parse(aclText, call.err());
    try {
      String created =
          mode.isTTL()
              ? call.client().create(path, bytes, acl, mode, new Stat(), ttl)
              : call.client().create(path, bytes, acl, mode);
      if (call.json()) {
        call.printJson(Map.of("created", created));
      } else {
        call.err().println("Created " + created);
      }
    } catch (KeeperException.EphemeralOnLocalSessionException e) {
      throw new CommandFailure("Unable to create ephemeral node on a local session");
    } catch (KeeperException.InvalidACLException e) {
      call.err().println(e.getMessage());
      throw e;
    }
  }

  private static long ttl(Call call) throws CommandFailure {
    if (call.has("c") && (call.has("s") || call.has("e"))) {
      throw new CommandFailure(
          "-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.");
    }
    if (!call.has("t")) {
      return 0;
    }
    try {
      return Long.parseLong(call.arguments().value("t"));
    } catch (NumberFormatException e) {
      throw new CommandFailure("-t argument must be a long value");
    }
  }

  private static CreateMode mode(Call call) throws CommandFailure {
    boolean sequential = call.has("s");
    if (call.has("t")) {
      if (call.has("e")) {
        throw new CommandFailure("TTLs cannot be used with Ephemeral znodes");
      }
      if (call.has("c")) {
        throw new CommandFailure("TTLs cannot be used with Container znodes");
      }
      return sequential
          ? CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL
          : CreateMode.PERSISTENT_WITH_TTL;
    }
    if (call.has("c")) {
      return CreateMode.CONTAINER;
    }
    if (call.has("e")) {
      return sequential ? CreateMode.EPHEMERAL_SEQUENTIAL : CreateMode.EPHEMERAL;
    }
    return sequential ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.PERSISTENT;
  }

  private static void set(Call call) throws CommandFailure, KeeperException, InterruptedException {
    call.needWords(2);
    byte[] data = call.arguments().word(1).getBytes(StandardCharsets.UTF_8);
    if (call.has("b")) {
      try {
        data = Base64.getDecoder().decode(data);
      } catch (IllegalArgumentException e) {
        throw new CommandFailure("-b data must be base64: " + e.getMessage());
      }
    }
    int version = call.arguments().intValue("v", -1);
    Stat stat = call.client().setData(call.path(), data, version);
    if (call.has("s")) {
      if (call.json()) {
        call.printJson(Map.of("path", call.path(), "stat", StatText.fields(stat)));
      } else {
        call.out().println(StatText.block(stat));
      }
    }
  }

  private static void delete(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    if (call.arguments().count() > 1) {
      // Only the note: zkCli takes no version from the old form, so neither must we.
      call.err()
          .println(
              "'delete path [version]' has been deprecated. Please use 'delete [-v version] path'"
                  + " instead.");
    }
    call.client().delete(path, call.arguments().intValue("v", -1));
  }

  private static void deleteAll(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    int batch = call.arguments().intValue("b", DELETE_BATCH);
    if (!ZKUtil.deleteRecursive(call.client(), path, batch)) {
      call.err().println("Failed to delete some node(s) in the subtree!");
    }
  }

  private static void sync(Call call) throws CommandFailure, InterruptedException {
    var answer = new CompletableFuture<Integer>();
    call.client().sync(call.path(), (rc, path, context) -> answer.complete(rc), null);
    try {
      int rc = answer.get();
      call.out().println(rc == 0 ? "Sync is OK" : "Sync has failed. rc=" + rc);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the answer is only ever completed with a code", e);
    }
  }
}
