package io.paddock.machine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A PEM file's certificates and private key (security sheet, section 3): blocks of base64 between
 * {@code -----BEGIN X-----} and {@code -----END X-----}, anywhere in the text.
 */
final class PemFile {
  /** What a key can be, in the order in which it is tried. */
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "DSA");

  /** As the JDK names RFC 8018's scheme that has its ciphers among its parameters. */
  private static final List<String> PBES2 = List.of("PBES2", "1.2.840.113549.1.5.13");

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private record Block(String name, String base64) {
    byte[] bytes() throws IOException {
      try {
        return Base64.getMimeDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw new IOException("its block " + name + " is no base64", e);
      }
    }
  }

  private final List<Block> blocks = new ArrayList<>();

  PemFile(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
      int nameEnd = text.indexOf(DASHES, begin + BEGIN.length());
      if (nameEnd < 0) {
        return;
      }
      String name = text.substring(begin + BEGIN.length(), nameEnd);
      int end = text.indexOf(END + name + DASHES, nameEnd);
      if (end >= 0) {
        blocks.add(new Block(name, text.substring(nameEnd + DASHES.length(), end)));
      }
    }
  }

  /** Whether a file's content looks like PEM. */
  static boolean isPem(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1).contains(BEGIN);
  }

  /** Its certificates, in their order. */
  List<X509Certificate> certificates() throws IOException, CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (block.name().endsWith("CERTIFICATE")) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
      }
    }
    return certificates;
  }

  /**
   * Its private key, if there is one.
   *
   * @param password used when the key is encrypted
   * @throws InvalidKeySpecException when it is in a form that cannot be read, with the remedy
   * @throws GeneralSecurityException most likely for a wrong password
   */
  Optional<PrivateKey> privateKey(char[] password) throws IOException, GeneralSecurityException {
    for (Block block : blocks) {
      switch (block.name()) {
        case "PRIVATE KEY" -> {
          return Optional.of(decode(new PKCS8EncodedKeySpec(block.bytes())));
        }
        case "ENCRYPTED PRIVATE KEY" -> {
          PKCS8EncodedKeySpec decrypted = decrypt(block.bytes(), password);
          try {
            return Optional.of(decode(decrypted));
          } catch (InvalidKeySpecException e) {
            throw new GeneralSecurityException("the key decrypts to nonsense", e);
          }
        }
        default -> {
          if (block.name().endsWith("PRIVATE KEY")) {
            throw new InvalidKeySpecException(
                "its key is a "
                    + block.name()
                    + ", which is the old form; convert it: openssl pkcs8 -topk8 -nodes -in OLD"
                    + " -out NEW");
          }
        }
      }
    }
    return Optional.empty();
  }

  private static PKCS8EncodedKeySpec decrypt(byte[] encrypted, char[] password)
      throws IOException, GeneralSecurityException {
    var info = new EncryptedPrivateKeyInfo(encrypted);
    String name = info.getAlgName();
    String scheme = PBES2.contains(name) ? info.getAlgParameters().toString() : name;
    Cipher cipher = Cipher.getInstance(scheme);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password)),
        info.getAlgParameters());
    return new PKCS8EncodedKeySpec(cipher.doFinal(info.getEncryptedData()));
  }

  private static PrivateKey decode(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // Another one, then.
      }
    }
    throw new InvalidKeySpecException(
        "its key is none of " + String.join(", ", KEY_ALGORITHMS) + " in PKCS#8's form");
  }
}
