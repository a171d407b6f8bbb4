package io.paddock.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Keys and certificates for a run with TLS, made by the JDK's keytool: one pair each for servers
 * and clients, who trust each other.
 */
final class BenchStores {
  private static final String PASSWORD = "paddock-bench";

  private final Path folder;

  private BenchStores(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes them.
   *
   * @param java the java command beside which keytool stands
   * @param folder a folder for them, which need not be there yet
   */
  static BenchStores make(Path java, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path keytool = java.resolveSibling("keytool");
    for (String side : List.of("server", "client")) {
      String other = side.equals("server") ? "client" : "server";
      keytool(
          keytool,
          folder,
          "-genkeypair -alias bench -keyalg RSA -keysize 2048 -validity 30 -dname CN="
              + side
              + " -ext SAN=ip:127.0.0.1,dns:localhost -keystore "
              + side
              + ".p12");
      keytool(keytool, folder, "-exportcert -alias bench -keystore " + side + ".p12 -file " + side);
      keytool(
          keytool,
          folder,
          "-importcert -noprompt -alias bench -file "
              + side
              + " -keystore "
              + other
              + "-trust.p12");
    }
    return new BenchStores(folder);
  }

  private static void keytool(Path keytool, Path folder, String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(keytool.toString()));
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The lines of a zoo.cfg whose clients connect by TLS alone. */
  List<String> lines(int port) {
    return List.of(
        "secureClientPort=" + port,
        "secureClientPortAddress=127.0.0.1",
        "ssl.keyStore.location=" + folder.resolve("server.p12"),
        "ssl.keyStore.password=" + PASSWORD,
        "ssl.trustStore.location=" + folder.resolve("server-trust.p12"),
        "ssl.trustStore.password=" + PASSWORD);
  }

  /** What the load generator shows and believes. */
  SSLContext client() throws IOException {
    return context("client");
  }

  SSLContext context(String side) throws IOException {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(load(side + ".p12"), PASSWORD.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(load(side + "-trust.p12"));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the stores made by keytool cannot be used", e);
    }
  }

  private KeyStore load(String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }
}
