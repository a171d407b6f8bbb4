package io.paddock.shell;

import java.util.EnumMap;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/** The error lines of zkCli for what a server refuses (client protocol sheet, section 13.5). */
final class Failures {
  private static final Map<Code, String> BEFORE_PATH = new EnumMap<>(Code.class);
  private static final Map<Code, String> SENTENCES = new EnumMap<>(Code.class);

  static {
    BEFORE_PATH.put(Code.NONODE, "Node does not exist: ");
    BEFORE_PATH.put(Code.NODEEXISTS, "Node already exists: ");
    BEFORE_PATH.put(Code.NOTEMPTY, "Node not empty: ");
    BEFORE_PATH.put(Code.NOCHILDRENFOREPHEMERALS, "Ephemerals cannot have children: ");
    BEFORE_PATH.put(Code.NOAUTH, "Insufficient permission : ");
    BEFORE_PATH.put(Code.INVALIDACL, "Acl is not valid : ");
    BEFORE_PATH.put(Code.BADVERSION, "version No is not valid : ");
    BEFORE_PATH.put(Code.BADARGUMENTS, "Arguments are not valid : ");
    BEFORE_PATH.put(Code.NOTREADONLY, "Not a read-only call: ");
    BEFORE_PATH.put(Code.QUOTAEXCEEDED, "Quota has exceeded : ");
    SENTENCES.put(
        Code.RECONFIGINPROGRESS,
        "Another reconfiguration is in progress -- concurrent reconfigs not supported (yet)");
    SENTENCES.put(
        Code.NEWCONFIGNOQUORUM,
        "No quorum of new config is connected and up-to-date with the leader of last commmitted"
            + " config - try invoking reconfiguration after new servers are connected and synced");
  }

  private Failures() {}

  static String describe(KeeperException e) {
    String beforePath = BEFORE_PATH.get(e.code());
    if (beforePath != null && e.getPath() == null && e.code() == Code.INVALIDACL) {
      // The client's own refusal, before anything is sent.
      return beforePath
          + e.getPath()
          + "\n  no entry of the form scheme:id:perm was given, such as"
          + " world:anyone:cdrwa or x509:CN=alice,O=Example:r";
    }
    if (beforePath != null) {
      return beforePath + e.getPath();
    }
    return SENTENCES.getOrDefault(e.code(), e.getMessage());
  }
}
