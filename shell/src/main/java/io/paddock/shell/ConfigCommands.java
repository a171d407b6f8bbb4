package io.paddock.shell;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig.ConfigException;
import org.apache.zookeeper.server.util.ConfigUtils;

/** The membership of an ensemble: config, reconfig. */
final class ConfigCommands {
  private ConfigCommands() {}

  static List<CommandSpec> commands() {
    return List.of(
        CommandSpec.of(
            "config",
            "[-c] [-w] [-s]",
            Options.none().flags("c", "w", "s"),
            "the members; -c only what clients need, -w and watch, -s with the stat",
            ConfigCommands::config),
        CommandSpec.of(
            "reconfig",
            "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] |"
                + " [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]",
            Options.none()
                .flags("s")
                .value("v", "")
                .value("file", "")
                .value("members", "")
                .value("add", "")
                .value("remove", ""),
            "change the members",
            ConfigCommands::reconfig));
  }

  private static void config(Call call) throws KeeperException, InterruptedException {
    var stat = new Stat();
    byte[] data = call.client().getConfig(call.has("w"), stat);
    String text = data == null ? "null" : new String(data, StandardCharsets.UTF_8);
    if (call.json()) {
      printJson(call, "config", text, stat);
      return;
    }
    call.out().println(call.has("c") ? ConfigUtils.getClientConfigStr(text) : text);
    printStat(call, stat);
  }

  private static void printJson(Call call, String name, String text, Stat stat) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(name, text.lines().toList());
    if (call.has("s")) {
      object.put("stat", StatText.fields(stat));
    }
    call.printJson(object);
  }

  private static void printStat(Call call, Stat stat) {
    if (call.has("s")) {
      call.out().println(StatText.block(stat));
    }
  }

  private static void reconfig(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    Arguments arguments = call.arguments();
    boolean whole = arguments.has("file") || arguments.has("members");
    boolean steps = arguments.has("add") || arguments.has("remove");
    if (!whole && !steps) {
      throw call.wrongUse();
    }
    long version = version(arguments);
    if (whole && steps) {
      throw new CommandFailure(
          "Can't use -file or -members together with -add or -remove (mixing incremental and"
              + " non-incremental modes is not allowed)");
    }
    if (arguments.has("file") && arguments.has("members")) {
      throw new CommandFailure(
          "Can't use -file and -members together (conflicting non-incremental modes)");
    }
    String members =
        arguments.has("file") ? membersIn(arguments.value("file")) : arguments.value("members");
    var stat = new Stat();
    byte[] config =
        call.client()
            .reconfigure(arguments.value("add"), arguments.value("remove"), members, version, stat);
    String text = new String(config, StandardCharsets.UTF_8);
    if (call.json()) {
      printJson(call, "committed", text, stat);
      return;
    }
    call.out().println("Committed new configuration:\n" + text);
    printStat(call, stat);
  }

  private static long version(Arguments arguments) throws CommandFailure {
    if (!arguments.has("v")) {
      return -1;
    }
    try {
      return Long.parseLong(arguments.value("v"), 16);
    } catch (NumberFormatException e) {
      throw new CommandFailure("-v must be followed by a long (configuration version)");
    }
  }

  private static String membersIn(String file) throws CommandFailure {
    var properties = new Properties();
    // This kind of stream, for what it says when it cannot be opened is what zkCli prints.
    try (var in = new FileInputStream(file)) {
      properties.load(in);
      return QuorumPeerConfig.parseDynamicConfig(properties, 0, true, false, null).toString();
    } catch (IOException | ConfigException | RuntimeException e) {
      throw new CommandFailure("Error processing " + file + e.getMessage());
    }
  }
}
