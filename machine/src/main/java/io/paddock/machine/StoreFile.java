package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.StoreConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One store as it is on the disk now (security sheet, section 3). What is wrong with it is said in
 * one line with the key, the file and the remedy.
 */
final class StoreFile {
  private static final int JKS_MAGIC = 0xfeedfeed;
  private static final int DER_SEQUENCE = 0x30;

  /** Of BouncyCastle, with and without a certificate for its own self. */
  private static final List<String> BCFKS_PROVIDERS =
      List.of(
          "org.bouncycastle.jcajce.provider.BouncyCastleFipsProvider",
          "org.bouncycastle.jce.provider.BouncyCastleProvider");

  private final StoreConfig config;
  private final byte[] content;
  private final char[] password;
  private final String type;

  private StoreFile(StoreConfig config, byte[] content, char[] password) throws TlsException {
    this.config = config;
    this.content = content;
    this.password = password;
    if (content.length == 0) {
      throw wrong("is empty; put the store there");
    }
    this.type = config.type().isEmpty() ? typeByName() : config.type();
  }

  /** Reads the file, and the one with its password. */
  static StoreFile read(StoreConfig config) throws TlsException {
    byte[] content;
    try {
      content = Files.readAllBytes(config.location());
    } catch (IOException e) {
      throw new TlsException(
          config.key()
              + ".location: "
              + CauseWords.ofReading(config.location(), e)
              + (e instanceof AccessDeniedException
                  ? "; let the server's user read it, or correct the path"
                  : "; correct it, or put the store there"),
          e);
    }
    try {
      return new StoreFile(config, content, config.password().read());
    } catch (IOException e) {
      throw new TlsException(
          config.key()
              + ".passwordPath: "
              + CauseWords.ofReading(config.password().file().orElseThrow(), e)
              + "; let the server's user read it, or correct the path",
          e);
    }
  }

  /** Tells two contents of file and password apart. */
  byte[] digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content);
      for (char c : password) {
        digest.update((byte) (c >>> 8));
        digest.update((byte) c);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A store with one private key at least, whose certificate it goes with. */
  KeyStore keys() throws TlsException {
    KeyStore store = type.equals("PEM") ? pemKeys() : load();
    try {
      boolean any = false;
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          any = true;
          checkPair(store.getKey(alias, password), store.getCertificateChain(alias));
        }
      }
      if (!any) {
        throw wrong("holds no private key, only certificates; it must hold the server's own key");
      }
    } catch (UnrecoverableKeyException e) {
      throw wrong(
          "holds a key whose password is not that of the store; make them the same: keytool"
              + " -keypasswd",
          e);
    } catch (GeneralSecurityException e) {
      throw unreadable(e);
    }
    return store;
  }

  private void checkPair(Key key, Certificate[] chain) throws TlsException {
    if (chain == null || chain.length == 0 || !(key instanceof PrivateKey secret)) {
      throw wrong("holds a key without a certificate; put the certificates behind it");
    }
    boolean pair;
    try {
      String algorithm =
          switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "DSA" -> "SHA256withDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> "";
          };
      if (algorithm.isEmpty()) {
        return;
      }
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(secret);
      byte[] signed = signature.sign();
      signature.initVerify(chain[0].getPublicKey());
      pair = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      pair = false;
    }
    if (!pair) {
      throw wrong(
          "holds a private key that does not go with the first certificate; the server's own"
              + " certificate must come first, then those that signed it");
    }
  }

  /** A store of certificates that are believed, one at least. */
  KeyStore trusted() throws TlsException {
    if (!type.equals("PEM")) {
      return load();
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      // By number: a CA that was renewed bears the same name as before.
      int number = 0;
      for (X509Certificate certificate : new PemFile(content).certificates()) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(e);
    }
  }

  private KeyStore pemKeys() throws TlsException {
    try {
      PemFile pem = new PemFile(content);
      List<X509Certificate> chain = pem.certificates();
      Optional<PrivateKey> key = pem.privateKey(password);
      if (key.isEmpty()) {
        throw wrong(
            PemFile.isPem(content)
                ? "holds no private key; key and certificates stand in one file: cat key.pem"
                    + " cert.pem ca.pem"
                : "is no PEM file; set " + config.key() + ".type");
      }
      if (chain.isEmpty()) {
        throw wrong("holds no certificates; key and certificates stand in one file");
      }
      Certificate[] ordered = inOrder(chain).toArray(Certificate[]::new);
      checkPair(key.get(), ordered);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("key", key.get(), password, ordered);
      return store;
    } catch (InvalidKeySpecException e) {
      throw wrong(": " + e.getMessage(), e);
    } catch (IOException | CertificateException e) {
      throw unreadable(e);
    } catch (GeneralSecurityException e) {
      // The key is all that is encrypted here.
      throw wrongPassword(e);
    }
  }

  /** The first, the one that signed it, and so on: what else stands there is not shown. */
  private static List<X509Certificate> inOrder(List<X509Certificate> certificates) {
    List<X509Certificate> ordered = new ArrayList<>(certificates.subList(0, 1));
    boolean more = true;
    while (more) {
      var issuer = ordered.get(ordered.size() - 1).getIssuerX500Principal();
      Optional<X509Certificate> next =
          certificates.stream()
              .filter(certificate -> certificate.getSubjectX500Principal().equals(issuer))
              .filter(certificate -> !ordered.contains(certificate))
              .findFirst();
      next.ifPresent(ordered::add);
      more = next.isPresent();
    }
    return ordered;
  }

  private KeyStore load() throws TlsException {
    try {
      KeyStore store = type.equals("BCFKS") ? bcfks() : KeyStore.getInstance(type);
      store.load(new ByteArrayInputStream(content), password);
      return store;
    } catch (IOException e) {
      boolean secret =
          e.getCause() instanceof UnrecoverableKeyException
              || String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("password");
      throw secret && !PemFile.isPem(content) ? wrongPassword(e) : unreadable(e);
    } catch (GeneralSecurityException e) {
      throw unreadable(e);
    }
  }

  private KeyStore bcfks() throws GeneralSecurityException, TlsException {
    for (String name : BCFKS_PROVIDERS) {
      try {
        var provider =
            Class.forName(name).asSubclass(Provider.class).getDeclaredConstructor().newInstance();
        return KeyStore.getInstance(type, provider);
      } catch (ReflectiveOperationException | ClassCastException e) {
        // The other one, then.
      }
    }
    throw wrong("is a BCFKS store, for which BouncyCastle's jar must be on the class path");
  }

  private TlsException wrongPassword(Exception cause) {
    String where = config.key() + ".password or " + config.key() + ".passwordPath";
    if (password.length == 0 && config.password().file().isPresent()) {
      return wrong(
          "needs a password, and "
              + config.password().file().get()
              + " is empty: write it into that file, which "
              + config.key()
              + ".passwordPath names",
          cause);
    }
    return password.length == 0
        ? wrong("needs a password: set " + where, cause)
        : wrong("does not open with the password that is set: correct " + where, cause);
  }

  private TlsException unreadable(Exception cause) {
    String other = typeByContent();
    boolean known = !other.isEmpty() && !other.equals(type);
    // The JDK reads the two by either name.
    boolean same =
        type.equals("JKS") && other.equals("PKCS12")
            || type.equals("PKCS12") && other.equals("JKS");
    if (known && !same) {
      return wrong(
          "is read as "
              + type
              + ", but it looks like "
              + other
              + ": set "
              + config.key()
              + ".type="
              + other,
          cause);
    }
    return wrong(
        "cannot be read as " + type + ": " + CauseWords.of(cause) + "; make it anew", cause);
  }

  TlsException wrong(String what) {
    return wrong(what, null);
  }

  private TlsException wrong(String what, Exception cause) {
    String blank = what.startsWith(":") ? "" : " ";
    return new TlsException(config.key() + ".location: " + config.location() + blank + what, cause);
  }

  private String typeByName() throws TlsException {
    String name = String.valueOf(config.location().getFileName()).toLowerCase(Locale.ROOT);
    String suffix = name.substring(name.lastIndexOf('.') + 1);
    return switch (suffix) {
      case "jks" -> "JKS";
      case "pem" -> "PEM";
      case "p12" -> "PKCS12";
      case "bcfks" -> "BCFKS";
      default -> {
        String byContent = typeByContent();
        if (byContent.isEmpty()) {
          throw new TlsException(
              config.key()
                  + ".location: neither name nor content of "
                  + config.location()
                  + " says what it is; set "
                  + config.key()
                  + ".type to JKS, PKCS12, PEM or BCFKS");
        }
        yield byContent;
      }
    };
  }

  private String typeByContent() {
    if (PemFile.isPem(content)) {
      return "PEM";
    }
    if (content.length < Integer.BYTES) {
      return "";
    }
    if (ByteBuffer.wrap(content).getInt() == JKS_MAGIC) {
      return "JKS";
    }
    return content[0] == DER_SEQUENCE ? "PKCS12" : "";
  }

  /** The password, for whoever opens keys in the store. */
  char[] password() {
    return password;
  }

  /**
   * What others on this machine may read and should not: the store, and the file of its password.
   */
  List<String> exposed() {
    List<String> found = new ArrayList<>();
    for (Path file :
        Arrays.asList(config.location(), config.password().file().orElse(config.location()))) {
      try {
        String line =
            config.key()
                + ": "
                + file
                + " can be read by every user of this machine: chmod o-r "
                + file;
        boolean open =
            Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        if (open && !found.contains(line)) {
          found.add(line);
        }
      } catch (IOException | UnsupportedOperationException e) {
        return found;
      }
    }
    return found;
  }
}
