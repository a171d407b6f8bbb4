package io.paddock.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Stat;

/** Who may do what, and who we are: getAcl, setAcl, addauth, whoami. */
final class AclCommands {
  private AclCommands() {}

  static List<CommandSpec> commands() {
    return List.of(
        CommandSpec.of(
            "getAcl",
            "[-s] path",
            Options.none().flags("s"),
            "who may do what; -s with the stat",
            AclCommands::getAcl),
        CommandSpec.of(
            "setAcl",
            "[-s] [-v version] [-R] path acl",
            Options.none().flags("s", "R").value("v", ""),
            "scheme:id:perms[,...] with perms of cdrwa; -s prints the stat, -R the whole subtree",
            AclCommands::setAcl),
        CommandSpec.of(
            "addauth",
            "scheme auth",
            Options.none(),
            "an identity for this session, for example: addauth digest user:password",
            AclCommands::addAuth),
        CommandSpec.of(
                "whoami", "", Options.none(), "the identities of this session", AclCommands::whoAmI)
            .kind(Command.Kind.ONLINE_RAW));
  }

  private static void getAcl(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    var stat = new Stat();
    List<ACL> acl = call.client().getACL(call.path(), stat);
    if (call.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("path", call.path());
      object.put("acl", acl.stream().map(AclCommands::fields).toList());
      if (call.has("s")) {
        object.put("stat", StatText.fields(stat));
      }
      call.printJson(object);
      return;
    }
    for (ACL entry : acl) {
      call.out()
          .printf(
              "'%s,'%s%n: %s%n",
              entry.getId().getScheme(),
              entry.getId().getId(),
              ZKUtil.getPermString(entry.getPerms()));
    }
    if (call.has("s")) {
      call.out().println(StatText.block(stat));
    }
  }

  private static Map<String, String> fields(ACL entry) {
    return Map.of(
        "scheme", entry.getId().getScheme(),
        "id", entry.getId().getId(),
        "perms", ZKUtil.getPermString(entry.getPerms()));
  }

  private static void setAcl(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    call.needWords(2);
    String path = call.path();
    List<ACL> acl = AclText.parse(call.arguments().word(1), call.err());
    int version = call.arguments().intValue("v", -1);
    if (call.has("R")) {
      setAclBelow(call, path, acl, version);
      return;
    }
    Stat stat = call.client().setACL(path, acl, version);
    if (call.has("s")) {
      if (call.json()) {
        call.printJson(Map.of("path", path, "stat", StatText.fields(stat)));
      } else {
        call.out().println(StatText.block(stat));
      }
    }
  }

  /** Goes on after a refusal; zkCli prints refusals on standard output, without a line end. */
  private static void setAclBelow(Call call, String path, List<ACL> acl, int version)
      throws KeeperException, InterruptedException {
    List<String> subtree = new ArrayList<>();
    ZKUtil.visitSubTreeDFS(
        call.client(), path, false, (rc, visited, context, name) -> subtree.add(visited));
    for (String each : subtree) {
      try {
        call.client().setACL(each, acl, version);
      } catch (KeeperException e) {
        call.out().print(e.getMessage());
      }
    }
  }

  private static void addAuth(Call call) throws CommandFailure {
    call.needWords(1);
    String auth = call.arguments().word(1);
    call.client()
        .addAuthInfo(
            call.arguments().word(0), auth == null ? null : auth.getBytes(StandardCharsets.UTF_8));
  }

  private static void whoAmI(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    List<ClientInfo> identities = call.client().whoAmI();
    if (identities == null) {
      // The client does not tell why it has no answer.
      if (call.client().getState() == ZooKeeper.States.AUTH_FAILED) {
        throw new CommandFailure("Not logged in: the login by SASL has failed");
      }
      throw new KeeperException.ConnectionLossException();
    }
    if (call.json()) {
      List<Map<String, String>> list =
          identities.stream()
              .map(each -> Map.of("scheme", each.getAuthScheme(), "user", each.getUser()))
              .toList();
      call.printJson(Map.of("identities", list));
      return;
    }
    call.out().println("Auth scheme: User");
    for (ClientInfo identity : identities) {
      call.out().println(identity.getAuthScheme() + ": " + identity.getUser());
    }
  }
}
