package io.paddock.dist;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * A directory with all that TLS of an ensemble needs.
 *
 * <pre>
 * ca/servers-ca.p12 .pem   signs servers          ca/password
 * ca/clients-ca.p12 .pem   signs clients
 * servers/NAME/            what belongs on that machine: keystore, truststore-servers and
 *                          truststore-clients as .pem and .p12, password, two parts of a zoo.cfg
 * clients/NAME/            what belongs to that client: keystore and truststore, password,
 *                          client.properties
 * </pre>
 *
 * <p>Two authorities, since a server believes its peers by their signature alone: with one, every
 * client could speak as a server. What is there is whole, for each directory gets its name when all
 * is in it, and is never changed. Any thread; one process at a time.
 */
final class CertificateFolder {
  private static final int CA_DAYS = 3650;
  private static final String SERVERS = "servers-ca";
  private static final String CLIENTS = "clients-ca";

  /** What was there, or was made now. */
  record Made(Path directory, X509Certificate certificate, boolean isNew) {}

  private final Path root;
  private final Keytool keytool;
  private final Map<String, PrivateKeyEntry> authorities = new ConcurrentHashMap<>();

  /** Shared by those who make something; whoever stops them waits until they have cleared away. */
  private final ReadWriteLock work = new ReentrantReadWriteLock();

  private boolean stopped;

  CertificateFolder(Path root, Keytool keytool) {
    this.root = root.toAbsolutePath().normalize();
    this.keytool = keytool;
  }

  Path root() {
    return root;
  }

  /**
   * Keeps other processes out while this one makes something, and clears away what one that was
   * killed has left.
   *
   * @return to be closed when all is made
   */
  Closeable begin() throws IOException {
    SecretFiles.directory(root);
    FileChannel lock = SecretFiles.openOrCreate(root.resolve(".lock"));
    try {
      if (lock.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
      for (Path place : List.of(root, root.resolve("servers"), root.resolve("clients"))) {
        for (Path unfinished : SecretFiles.workshops(place)) {
          remove(unfinished);
        }
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      lock.close();
      throw new IOException(root + ": another paddock tls init is at work there; wait for it", e);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Nothing is made any more, and nothing half done is left, when this returns. */
  void stop() {
    work.writeLock().lock();
    try {
      stopped = true;
    } finally {
      work.writeLock().unlock();
    }
  }

  /** Fills a directory that has no name yet. */
  private interface Filling {
    void fill(Path directory) throws IOException, GeneralSecurityException;
  }

  /**
   * Makes the two authorities, if they are not there.
   *
   * @return whether they are new
   */
  boolean authorities() throws IOException, GeneralSecurityException {
    return make(
        root.resolve("ca"),
        directory -> {
          String password = SecretFiles.newPassword();
          SecretFiles.write(directory.resolve("password"), password);
          for (String name : List.of(SERVERS, CLIENTS)) {
            PrivateKeyEntry authority =
                generate(
                    directory,
                    Optional.empty(),
                    "CN=" + authorityName(name),
                    CA_DAYS,
                    List.of("bc:critical=ca:true,pathlen:0", "ku:critical=keyCertSign,cRLSign"));
            keyStore(directory.resolve(name + ".p12"), password, authority);
            SecretFiles.write(directory.resolve(name + ".pem"), pem(authority.getCertificate()));
          }
        });
  }

  /** With the directory's name, so that those of two ensembles are told apart. */
  private String authorityName(String name) {
    String ensemble = String.valueOf(root.getFileName()).replaceAll("[^A-Za-z0-9._-]", "-");
    return ensemble + " " + name.replace("-ca", " CA");
  }

  /** What belongs on a server's machine. */
  Made server(TlsHost host, long days, int securePort)
      throws IOException, GeneralSecurityException {
    Path place = root.resolve("servers").resolve(host.name());
    boolean isNew =
        make(
            place,
            directory -> {
              Certificate serversCa = authority(SERVERS).getCertificate();
              Certificate clientsCa = authority(CLIENTS).getCertificate();
              String password = own(directory, SERVERS, host.name(), days, host.extensions());
              trusted(directory.resolve("truststore-servers"), password, serversCa);
              // Itself too: zkServer.sh status and doctor show the server's own certificate.
              trusted(directory.resolve("truststore-clients"), password, clientsCa, serversCa);
              TlsParts parts = new TlsParts(place);
              SecretFiles.write(directory.resolve("clients-tls.cfg"), parts.forClients(securePort));
              SecretFiles.write(directory.resolve("servers-tls.cfg"), parts.forServers());
            });
    return made(place, isNew);
  }

  /** What belongs to a client. */
  Made client(String name, long days) throws IOException, GeneralSecurityException {
    Path place = root.resolve("clients").resolve(name);
    boolean isNew =
        make(
            place,
            directory -> {
              String password =
                  own(
                      directory,
                      CLIENTS,
                      name,
                      days,
                      List.of("ku:critical=digitalSignature", "eku=clientAuth"));
              trusted(
                  directory.resolve("truststore"), password, authority(SERVERS).getCertificate());
              SecretFiles.write(
                  directory.resolve("client.properties"), new TlsParts(place).ofClient());
            });
    return made(place, isNew);
  }

  private boolean make(Path place, Filling filling) throws IOException, GeneralSecurityException {
    SecretFiles.directory(place.getParent());
    if (Files.exists(place)) {
      return false;
    }
    work.readLock().lock();
    try {
      if (stopped) {
        throw new IOException("stopped; what is there is whole, and a further run makes the rest");
      }
      Path unfinished = SecretFiles.workshop(place.getParent());
      try {
        filling.fill(unfinished);
        Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        return true;
      } finally {
        remove(unfinished);
      }
    } finally {
      work.readLock().unlock();
    }
  }

  private static void remove(Path unfinished) throws IOException {
    if (Files.exists(unfinished)) {
      try (Stream<Path> files = Files.walk(unfinished)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Key and certificates as both kinds of store, and returns the password of what is encrypted. */
  private String own(
      Path directory, String authority, String name, long days, List<String> extensions)
      throws IOException, GeneralSecurityException {
    PrivateKeyEntry signer = authority(authority);
    Instant end = ((X509Certificate) signer.getCertificate()).getNotAfter().toInstant();
    long left = Duration.between(Instant.now(), end).toDays() - 1;
    if (left < 1) {
      throw new IOException(
          root.resolve("ca") + " is no longer valid; begin anew with another directory");
    }
    String password = SecretFiles.newPassword();
    PrivateKeyEntry own =
        generate(directory, Optional.of(signer), "CN=" + name, Math.min(days, left), extensions);
    SecretFiles.write(directory.resolve("password"), password);
    keyStore(directory.resolve("keystore.p12"), password, own);
    String key = block("PRIVATE KEY", own.getPrivateKey().getEncoded());
    SecretFiles.write(directory.resolve("keystore.pem"), key + pem(own.getCertificateChain()));
    return password;
  }

  private PrivateKeyEntry generate(
      Path directory,
      Optional<PrivateKeyEntry> signer,
      String subject,
      long days,
      List<String> extensions)
      throws IOException {
    Path work = SecretFiles.workshop(directory);
    try {
      return keytool.make(work, signer, subject, days, extensions);
    } finally {
      remove(work);
    }
  }

  private PrivateKeyEntry authority(String name) throws IOException, GeneralSecurityException {
    PrivateKeyEntry known = authorities.get(name);
    if (known != null) {
      return known;
    }
    Path directory = root.resolve("ca");
    char[] password =
        Files.readString(directory.resolve("password"), StandardCharsets.UTF_8)
            .strip()
            .toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      keys.load(in, password);
    }
    var read = (PrivateKeyEntry) keys.getEntry("key", new KeyStore.PasswordProtection(password));
    authorities.put(name, read);
    return read;
  }

  private static void keyStore(Path file, String password, PrivateKeyEntry entry)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "key", entry.getPrivateKey(), password.toCharArray(), entry.getCertificateChain());
    store(file, password, keys);
  }

  /** Certificates that are believed, as both kinds of store. */
  private static void trusted(Path name, String password, Certificate... certificates)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    for (int i = 0; i < certificates.length; i++) {
      keys.setCertificateEntry("ca-" + i, certificates[i]);
    }
    store(name.resolveSibling(name.getFileName() + ".p12"), password, keys);
    SecretFiles.write(name.resolveSibling(name.getFileName() + ".pem"), pem(certificates));
  }

  private static void store(Path file, String password, KeyStore keys)
      throws IOException, GeneralSecurityException {
    try (OutputStream out = SecretFiles.create(file)) {
      keys.store(out, password.toCharArray());
    }
  }

  private static String pem(Certificate... certificates) throws GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (Certificate certificate : certificates) {
      text.append(block("CERTIFICATE", certificate.getEncoded()));
    }
    return text.toString();
  }

  private static String block(String name, byte[] bytes) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(name, base64, name);
  }

  private static Made made(Path place, boolean isNew) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    String password = Files.readString(place.resolve("password"), StandardCharsets.UTF_8).strip();
    try (InputStream in = Files.newInputStream(place.resolve("keystore.p12"))) {
      keys.load(in, password.toCharArray());
    }
    return new Made(place, (X509Certificate) keys.getCertificate("key"), isNew);
  }

  /** Names of those for whom there is something. */
  List<String> names(String kind) throws IOException {
    Path directory = root.resolve(kind);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(directory)) {
      return new ArrayList<>(
          found
              .map(path -> path.getFileName().toString())
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList());
    }
  }
}
