package io.paddock.tree;

import io.paddock.wire.JuteReader;

/** The stat of a znode as snapshots hold it: 60 bytes. Filled anew for each znode that is read. */
final class StoredStat {
  long czxid;
  long mzxid;
  long ctime;
  long mtime;
  int version;
  int cversion;
  int aversion;
  long owner;
  long pzxid;

  void read(JuteReader in) {
    czxid = in.readLong();
    mzxid = in.readLong();
    ctime = in.readLong();
    mtime = in.readLong();
    version = in.readInt();
    cversion = in.readInt();
    aversion = in.readInt();
    owner = in.readLong();
    pzxid = in.readLong();
  }

  /** Whether it is as its creation left it, so that a {@link Leaf} holds all of it. */
  boolean isUntouched() {
    return mzxid == czxid
        && pzxid == czxid
        && mtime == ctime
        && (version | cversion | aversion) == 0;
  }

  void copyTo(Branch branch) {
    branch.czxid = czxid;
    branch.mzxid = mzxid;
    branch.ctime = ctime;
    branch.mtime = mtime;
    branch.version = version;
    branch.cversion = cversion;
    branch.aversion = aversion;
    branch.owner = owner;
    branch.pzxid = pzxid;
  }
}
