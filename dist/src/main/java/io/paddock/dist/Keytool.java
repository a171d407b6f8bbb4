package io.paddock.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keytool of this JVM, which every JDK and JRE brings along: makes keys and certificates, one
 * process each. What it works on stands in a directory of its own that only this user can read, and
 * is removed afterwards.
 */
final class Keytool {
  private static final String CA = "ca";
  private static final String MADE = "made";

  private final Path program;

  /**
   * @param java the {@code java} program beside which it stands
   */
  Keytool(Path java) {
    program = java.resolveSibling("keytool");
  }

  /**
   * Makes a key on the curve P-256, which every client and server of ZooKeeper knows, and its
   * certificate, valid from yesterday on: not all clocks are right.
   *
   * @param work an empty directory
   * @param signer whose key signs; empty for a certificate that signs itself
   * @param subject as in RFC 2253
   * @param days from now
   * @param extensions in keytool's words
   * @throws IOException with what keytool says, in one line
   */
  PrivateKeyEntry make(
      Path work,
      Optional<PrivateKeyEntry> signer,
      String subject,
      long days,
      List<String> extensions)
      throws IOException {
    Path store = work.resolve("store.p12");
    Path passwordFile = work.resolve("password");
    String password = SecretFiles.newPassword();
    SecretFiles.write(passwordFile, password);
    try {
      if (signer.isPresent()) {
        keep(store, password, signer.get());
      }
      List<String> command = new ArrayList<>();
      command.add(program.toString());
      command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-genkeypair"));
      command.addAll(List.of("-alias", MADE, "-keyalg", "EC", "-groupname", "secp256r1"));
      command.addAll(List.of("-dname", subject, "-startdate", "-1d"));
      command.addAll(List.of("-validity", Long.toString(days + 1)));
      command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
      command.addAll(List.of("-storepass:file", passwordFile.toString()));
      if (signer.isPresent()) {
        command.addAll(List.of("-signer", CA));
      }
      extensions.forEach(extension -> command.addAll(List.of("-ext", extension)));
      run(command);
      return read(store, password, MADE);
    } catch (GeneralSecurityException e) {
      throw new IOException("what keytool has made cannot be read: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(store);
      Files.deleteIfExists(passwordFile);
    }
  }

  private static void keep(Path store, String password, PrivateKeyEntry signer)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        CA, signer.getPrivateKey(), password.toCharArray(), signer.getCertificateChain());
    try (OutputStream out = SecretFiles.create(store)) {
      keys.store(out, password.toCharArray());
    }
  }

  private static PrivateKeyEntry read(Path store, String password, String alias)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password.toCharArray());
    }
    Certificate[] chain = keys.getCertificateChain(alias);
    return new PrivateKeyEntry(
        (java.security.PrivateKey) keys.getKey(alias, password.toCharArray()), chain);
  }

  private void run(List<String> command) throws IOException {
    if (!Files.isExecutable(program)) {
      throw new IOException(
          program
              + " is not there; it comes with every JDK and JRE: run this with one that has it");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // What an agent prints would be taken for what keytool says.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool refuses: " + said.replaceAll("\\s*\\R\\s*", " "));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
