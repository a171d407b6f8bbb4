package io.paddock.sim;

import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import java.util.List;

/**
 * A znode of the {@link NaiveTree}. Immutable.
 *
 * @param perms what world:anyone may
 * @param creations children ever made: the stored cversion
 * @param owner the session of an ephemeral; 0 for the others
 * @param reapAfterMs of a TTL znode, its time to live; of a container 0; of the others -1
 */
record NaiveNode(
    byte[] data,
    int perms,
    long czxid,
    long mzxid,
    long pzxid,
    long ctime,
    long mtime,
    int version,
    int creations,
    int aversion,
    long owner,
    long reapAfterMs) {

  static NaiveNode fresh(
      byte[] data, int perms, long zxid, long timeMs, long owner, long reapAfterMs) {
    return new NaiveNode(
        data, perms, zxid, zxid, zxid, timeMs, timeMs, 0, 0, 0, owner, reapAfterMs);
  }

  NaiveNode withData(byte[] newData, long zxid, long timeMs) {
    return new NaiveNode(
        newData,
        perms,
        czxid,
        zxid,
        pzxid,
        ctime,
        timeMs,
        version + 1,
        creations,
        aversion,
        owner,
        reapAfterMs);
  }

  NaiveNode withPerms(int newPerms) {
    return new NaiveNode(
        data,
        newPerms,
        czxid,
        mzxid,
        pzxid,
        ctime,
        mtime,
        version,
        creations,
        aversion + 1,
        owner,
        reapAfterMs);
  }

  /** A child was made, or went. */
  NaiveNode withChild(boolean made, long zxid) {
    return new NaiveNode(
        data,
        perms,
        czxid,
        mzxid,
        zxid,
        ctime,
        mtime,
        version,
        made ? creations + 1 : creations,
        aversion,
        owner,
        reapAfterMs);
  }

  boolean permits(int wanted) {
    return (perms & wanted) != 0;
  }

  List<Acl> acl() {
    return aclOf(perms);
  }

  static List<Acl> aclOf(int perms) {
    return List.of(new Acl(perms, new Id("world", "anyone")));
  }
}
