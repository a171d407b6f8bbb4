package io.paddock.bench;

import java.util.List;

/** One contestant: which main class runs it and which system properties select its variant. */
enum ServerKind {
  APACHE_NIO(
      "apache-nio",
      "Apache NIO",
      "org.apache.zookeeper.server.quorum.QuorumPeerMain",
      List.of("-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NIOServerCnxnFactory")),
  APACHE_NETTY(
      "apache-netty",
      "Apache Netty",
      "org.apache.zookeeper.server.quorum.QuorumPeerMain",
      List.of("-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory")),
  PADDOCK("paddock", "Paddock", "io.paddock.server.ServerMain", List.of());

  private final String id;
  private final String label;
  private final String mainClass;
  private final List<String> properties;

  ServerKind(String id, String label, String mainClass, List<String> properties) {
    this.id = id;
    this.label = label;
    this.mainClass = mainClass;
    this.properties = properties;
  }

  /** The name on the command line and in the JSON output. */
  String id() {
    return id;
  }

  String label() {
    return label;
  }

  String mainClass() {
    return mainClass;
  }

  /** JVM arguments that only this contestant gets. */
  List<String> properties() {
    return properties;
  }

  boolean isApache() {
    return this != PADDOCK;
  }

  static ServerKind ofId(String id) {
    for (ServerKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "unknown server " + id + "; known are apache-nio, apache-netty, paddock");
  }
}
