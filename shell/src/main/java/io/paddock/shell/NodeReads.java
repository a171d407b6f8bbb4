package io.paddock.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.data.Stat;

/** Looking at znodes: ls, get, stat, getAllChildrenNumber, getEphemerals. */
final class NodeReads {
  private NodeReads() {}

  static List<CommandSpec> commands() {
    Options listing = Options.none().flags("s", "w", "R", "h");
    Options reading =
        Options.none()
            .flag("s", "Print znode stats additionally")
            .flag("w", "Watch for changes on the znode")
            .flag("b", "Output data in base64 format")
            .flag("x", "Output data in hexdump format")
            .flags("h");
    return List.of(
        CommandSpec.of(
            "ls",
            "[-s] [-w] [-R] path",
            listing,
            "children; -s with the stat, -w and watch, -R the whole subtree, -h with sizes and ages",
            NodeReads::ls),
        CommandSpec.of(
                "get",
                "[-s] [-w] [-b] [-x] path",
                reading,
                "data; -s with the stat, -w and watch, -b as base64, -x as a hex dump",
                NodeReads::get)
            .usageListsOptions(),
        CommandSpec.of(
            "stat",
            "[-w] path",
            Options.none().flags("w", "h"),
            "times, versions and sizes; -w and watch, -h in units",
            NodeReads::stat),
        CommandSpec.of(
            "getAllChildrenNumber",
            "path",
            Options.none(),
            "how many znodes are below",
            NodeReads::getAllChildrenNumber),
        CommandSpec.of(
            "getEphemerals",
            "path",
            Options.none(),
            "this session's ephemeral znodes, all or below a path",
            NodeReads::getEphemerals));
  }

  /**
   * The form of before 3.5, {@code ls path watch}, with its note. As in zkCli the word in third
   * place, whatever it is, becomes {@code -w} and the line is read again.
   */
  private static Call modernized(Call call, String modernForm) throws CommandFailure {
    call.needWords(1);
    if (call.arguments().count() < 2) {
      return call;
    }
    String name = call.command().name();
    call.err()
        .printf(
            "'%s path [watch]' has been deprecated. Please use '%s' instead.%n", name, modernForm);
    List<String> words = new ArrayList<>(call.words());
    words.set(1, "-w");
    Call again = call.withWords(words);
    again.needWords(1);
    return again;
  }

  private static void ls(Call typed) throws CommandFailure, KeeperException, InterruptedException {
    Call call = modernized(typed, "ls [-w] path");
    String path = call.path();
    boolean watch = call.has("w");
    if (call.has("R")) {
      listSubtree(call, path, watch);
      return;
    }
    var stat = new Stat();
    List<String> children = new ArrayList<>(call.client().getChildren(path, watch, stat));
    children.sort(null);
    if (call.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("path", path);
      object.put("children", children);
      if (call.has("s")) {
        object.put("stat", StatText.fields(stat));
      }
      call.printJson(object);
    } else if (call.has("h")) {
      listReadably(call, path, children);
      printStat(call, stat);
    } else {
      call.out().println(children);
      printStat(call, stat);
    }
  }

  private static void listSubtree(Call call, String path, boolean watch)
      throws KeeperException, InterruptedException {
    List<String> found = new ArrayList<>();
    ZKUtil.visitSubTreeDFS(
        call.client(),
        path,
        watch,
        (rc, visited, context, name) -> {
          if (call.json()) {
            found.add(visited);
          } else {
            call.out().println(visited);
          }
        });
    if (call.json()) {
      call.printJson(Map.of("path", path, "subtree", found));
    }
  }

  private static void listReadably(Call call, String path, List<String> children)
      throws KeeperException, InterruptedException {
    long now = System.currentTimeMillis();
    int width = children.stream().mapToInt(String::length).max().orElse(0);
    String format = "%-" + Math.max(width, 1) + "s  %10s  %8s  %s%s%n";
    for (String child : children) {
      Stat stat = call.client().exists(path.equals("/") ? "/" + child : path + "/" + child, false);
      if (stat == null) {
        continue; // deleted since it was listed
      }
      call.out()
          .printf(
              format,
              child,
              Readable.size(stat.getDataLength()),
              stat.getNumChildren() + " below",
              Readable.timeAndAge(stat.getMtime(), now),
              stat.getEphemeralOwner() > 0 ? "  ephemeral" : "");
    }
  }

  private static void get(Call typed) throws CommandFailure, KeeperException, InterruptedException {
    Call call = modernized(typed, "get [-s] [-w] path");
    var stat = new Stat();
    byte[] data = call.client().getData(call.path(), call.has("w"), stat);
    if (call.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("path", call.path());
      Json.putData(object, data);
      if (call.has("s")) {
        object.put("stat", StatText.fields(stat));
      }
      call.printJson(object);
      return;
    }
    call.out().println(shown(data, call));
    printStat(call, stat);
  }

  /** Data as text; absent data is shown as the word null, in every format, as zkCli does. */
  private static String shown(byte[] data, Call call) {
    byte[] bytes = data == null ? "null".getBytes(StandardCharsets.UTF_8) : data;
    if (call.has("x")) {
      return HexDump.of(bytes);
    }
    return call.has("b")
        ? Base64.getEncoder().encodeToString(bytes)
        : new String(bytes, StandardCharsets.UTF_8);
  }

  private static void printStat(Call call, Stat stat) {
    if (call.has("s")) {
      call.out().println(statText(call, stat));
    }
  }

  private static String statText(Call call, Stat stat) {
    return call.has("h")
        ? StatText.readableBlock(stat, System.currentTimeMillis())
        : StatText.block(stat);
  }

  private static void stat(Call typed)
      throws CommandFailure, KeeperException, InterruptedException {
    Call call = modernized(typed, "stat [-w] path");
    Stat stat = call.client().exists(call.path(), call.has("w"));
    if (stat == null) {
      throw KeeperException.create(KeeperException.Code.NONODE, call.path());
    }
    if (call.json()) {
      call.printJson(Map.of("path", call.path(), "stat", StatText.fields(stat)));
    } else {
      call.out().println(statText(call, stat));
    }
  }

  private static void getAllChildrenNumber(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    int number = call.client().getAllChildrenNumber(call.path());
    if (call.json()) {
      call.printJson(Map.of("path", call.path(), "allChildrenNumber", number));
    } else {
      call.out().println(number);
    }
  }

  private static void getEphemerals(Call call) throws KeeperException, InterruptedException {
    String path = call.arguments().count() == 0 ? "/" : call.arguments().word(0);
    List<String> ephemerals = call.client().getEphemerals(path);
    if (call.json()) {
      call.printJson(Map.of("path", path, "ephemerals", ephemerals));
    } else {
      call.out().println(ephemerals);
    }
  }
}
