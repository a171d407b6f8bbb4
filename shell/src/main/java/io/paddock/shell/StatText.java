package io.paddock.shell;

import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.zookeeper.data.Stat;

/** A znode's stat as text and as JSON fields. */
final class StatText {
  private StatText() {}

  /** zkCli's block of eleven lines. */
  static String block(Stat stat) {
    return lines(stat, new Date(stat.getCtime()), new Date(stat.getMtime()), stat.getDataLength());
  }

  /** The same with times a person can compare, their age, and the size in units. */
  static String readableBlock(Stat stat, long nowMillis) {
    return lines(
        stat,
        Readable.timeAndAge(stat.getCtime(), nowMillis),
        Readable.timeAndAge(stat.getMtime(), nowMillis),
        Readable.size(stat.getDataLength()));
  }

  private static String lines(Stat stat, Object ctime, Object mtime, Object dataLength) {
    return String.join(
        "\n",
        "cZxid = 0x" + Long.toHexString(stat.getCzxid()),
        "ctime = " + ctime,
        "mZxid = 0x" + Long.toHexString(stat.getMzxid()),
        "mtime = " + mtime,
        "pZxid = 0x" + Long.toHexString(stat.getPzxid()),
        "cversion = " + stat.getCversion(),
        "dataVersion = " + stat.getVersion(),
        "aclVersion = " + stat.getAversion(),
        "ephemeralOwner = 0x" + Long.toHexString(stat.getEphemeralOwner()),
        "dataLength = " + dataLength,
        "numChildren = " + stat.getNumChildren());
  }

  /** zxids and the owner in hexadecimal text, times in milliseconds since 1970. */
  static Map<String, Object> fields(Stat stat) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("czxid", "0x" + Long.toHexString(stat.getCzxid()));
    fields.put("ctime", stat.getCtime());
    fields.put("mzxid", "0x" + Long.toHexString(stat.getMzxid()));
    fields.put("mtime", stat.getMtime());
    fields.put("pzxid", "0x" + Long.toHexString(stat.getPzxid()));
    fields.put("cversion", stat.getCversion());
    fields.put("dataVersion", stat.getVersion());
    fields.put("aclVersion", stat.getAversion());
    fields.put("ephemeralOwner", "0x" + Long.toHexString(stat.getEphemeralOwner()));
    fields.put("dataLength", stat.getDataLength());
    fields.put("numChildren", stat.getNumChildren());
    return fields;
  }
}
