package io.paddock.operators;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The machine and the virtual machine, as envi lists them. */
final class Environment {
  private static final List<String> PROPERTIES =
      List.of(
          "java.version",
          "java.vendor",
          "java.home",
          "java.class.path",
          "java.library.path",
          "java.io.tmpdir",
          "java.compiler",
          "os.name",
          "os.arch",
          "os.version",
          "user.name",
          "user.home",
          "user.dir");

  private Environment() {}

  /** Keys and values in ZooKeeper's order; may ask a name server. */
  static Map<String, String> list(BuildInfo build, Map<String, String> properties) {
    Map<String, String> list = new LinkedHashMap<>();
    list.put("zookeeper.version", build.text());
    list.put("host.name", hostName());
    for (String property : PROPERTIES) {
      list.put(property, properties.getOrDefault(property, "<NA>"));
    }
    Runtime runtime = Runtime.getRuntime();
    list.put("os.memory.free", megabytes(runtime.freeMemory()));
    list.put("os.memory.max", megabytes(runtime.maxMemory()));
    list.put("os.memory.total", megabytes(runtime.totalMemory()));
    return list;
  }

  private static String megabytes(long bytes) {
    return (bytes >> 20) + "MB";
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      return "<NA>";
    }
  }
}
