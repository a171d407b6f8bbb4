package io.paddock.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;

/** What zkCli does not have: help, tree, watch. */
final class Additions {
  private Additions() {}

  static List<CommandSpec> commands() {
    return List.of(
        CommandSpec.of("help", "[command]", Options.none(), "all commands, or one", Additions::help)
            .kind(Command.Kind.OFFLINE)
            .asAddition(),
        CommandSpec.of(
                "tree",
                "[-d depth] [path]",
                Options.none().value("d", ""),
                "the subtree as a picture; -d no deeper than that",
                Additions::tree)
            .asAddition(),
        CommandSpec.of(
                "watch",
                "[-R] [-n events] path",
                Options.none().flags("R").value("n", ""),
                "follow the changes of a path until Ctrl-C; -R the whole subtree, -n so many only",
                Additions::watch)
            .asAddition());
  }

  private static void help(Call call) throws CommandFailure {
    Commands commands = call.shell().commands();
    String name = call.arguments().word(0);
    if (name != null) {
      Command command =
          commands.find(name).orElseThrow(() -> new CommandFailure("There is no command " + name));
      call.out().println(command.usageLine() + "\n  " + command.summary());
      return;
    }
    int width = commands.inOrder().stream().mapToInt(c -> c.name().length()).max().orElse(0);
    for (Command command : commands.inOrder()) {
      call.out().printf("%-" + width + "s  %s%n", command.name(), command.summary());
    }
    call.out().println("help COMMAND shows its options; --json after most prints JSON.");
  }

  private static void tree(Call call) throws CommandFailure, KeeperException, InterruptedException {
    String path = call.arguments().count() == 0 ? "/" : call.path();
    int depth = call.arguments().intValue("d", Integer.MAX_VALUE);
    List<String> children = sortedChildren(call, path);
    if (call.json()) {
      call.printJson(nested(call, path, path, depth));
      return;
    }
    call.out().println(path);
    printBelow(call, path, children, "", depth);
  }

  private static List<String> sortedChildren(Call call, String path)
      throws KeeperException, InterruptedException {
    List<String> children = new ArrayList<>(call.client().getChildren(path, false));
    children.sort(null);
    return children;
  }

  /** The children, or none if the node went away or may not be read: the rest is still of use. */
  private static List<String> childrenIfAny(Call call, String path)
      throws KeeperException, InterruptedException {
    try {
      return sortedChildren(call, path);
    } catch (KeeperException.NoNodeException | KeeperException.NoAuthException e) {
      return List.of();
    }
  }

  private static void printBelow(
      Call call, String path, List<String> children, String indent, int depth)
      throws KeeperException, InterruptedException {
    if (depth <= 0) {
      return;
    }
    for (int i = 0; i < children.size(); i++) {
      boolean last = i == children.size() - 1;
      String child = children.get(i);
      call.out().println(indent + (last ? "└── " : "├── ") + child);
      String childPath = join(path, child);
      if (depth > 1) {
        List<String> below = childrenIfAny(call, childPath);
        printBelow(call, childPath, below, indent + (last ? "    " : "│   "), depth - 1);
      }
    }
  }

  private static Map<String, Object> nested(Call call, String path, String name, int depth)
      throws KeeperException, InterruptedException {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", name);
    if (depth > 0) {
      List<Object> children = new ArrayList<>();
      for (String child : childrenIfAny(call, path)) {
        children.add(nested(call, join(path, child), child, depth - 1));
      }
      node.put("children", children);
    }
    return node;
  }

  private static String join(String path, String child) {
    return path.equals("/") ? "/" + child : path + "/" + child;
  }

  private static void watch(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    int events = call.arguments().intValue("n", Integer.MAX_VALUE);
    new PathWatch(call, call.path(), call.has("R"), events).follow();
  }
}
