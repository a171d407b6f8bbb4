package io.paddock.dist;

import java.nio.file.Path;

/**
 * The lines of a zoo.cfg, and of a client's properties, that use the stores in a directory. Stores
 * of PEM, which everybody can look into and which need no password; those of PKCS12 as comments.
 * Those for a zoo.cfg begin with an empty one: they are appended, and its last may lack an end.
 */
final class TlsParts {
  private final Path directory;

  TlsParts(Path directory) {
    this.directory = directory;
  }

  /** For clients that connect by TLS. */
  String forClients(int securePort) {
    return """

        # TLS for clients: add these lines to the zoo.cfg of this server.
        secureClientPort=%d
        %s\
        # Apache ZooKeeper's server needs this, too:
        #serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
        """
        .formatted(securePort, stores("ssl.", "truststore-clients"));
  }

  /** Between servers, AdminServer among them. */
  String forServers() {
    return """

        # TLS between servers: add these lines to the zoo.cfg of every server. To change a running
        # ensemble without a gap, restart all of them one after the other, each time with
        #   1. sslQuorum=false and portUnification=true
        #   2. sslQuorum=true  and portUnification=true
        #   3. sslQuorum=true  and portUnification=false
        sslQuorum=true
        portUnification=false
        %s\
        sslQuorumReloadCertFiles=true
        # Whoever is called knows the caller by its address only, which names of hosts do not tell.
        # truststore-servers believes an authority that signs servers alone, so that is enough.
        ssl.quorum.clientHostnameVerification=false
        # AdminServer by HTTPS, with the same stores:
        #admin.forceHttps=true
        """
        .formatted(stores("ssl.quorum.", "truststore-servers"));
  }

  /**
   * For the shell, all commands of paddock, and Apache's clients ({@code -client-configuration}).
   */
  String ofClient() {
    return """
        # zkCli.sh -server HOST:PORT --tls THIS-FILE, and so with all commands of paddock;
        # for other programs on ZooKeeper's Java client: -client-configuration THIS-FILE.
        zookeeper.client.secure=true
        zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty
        %s\
        """
        .formatted(stores("zookeeper.ssl.", "truststore"));
  }

  private String stores(String prefix, String trust) {
    return """
        P.keyStore.location=D/keystore.pem
        P.trustStore.location=D/T.pem
        # The same in PKCS12, instead of the two lines above:
        #P.keyStore.location=D/keystore.p12
        #P.keyStore.passwordPath=D/password
        #P.trustStore.location=D/T.p12
        #P.trustStore.passwordPath=D/password
        """
        .replace("P.", prefix)
        .replace("/T.", "/" + trust + ".")
        // Last, for it may hold anything.
        .replace("=D/", "=" + directory.toString().replace("\\", "\\\\") + "/");
  }
}
