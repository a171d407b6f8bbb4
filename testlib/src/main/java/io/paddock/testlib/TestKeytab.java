package io.paddock.testlib;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;

/** Writes keytabs without a KDC: a server that only accepts needs none. */
public final class TestKeytab {
  private static final String KIND = "aes128-cts-hmac-sha1-96";
  private static final int KIND_NUMBER = 17;

  private TestKeytab() {}

  /** A keytab with one key for each of these principals, {@code name/host@REALM}. */
  public static Path write(Path file, int version, String... principals) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(0x0502);
    for (String principal : principals) {
      byte[] entry = entry(principal, version);
      out.writeInt(entry.length);
      out.write(entry);
    }
    // A hole, as the removal of an entry leaves it.
    out.writeInt(-3);
    out.write(new byte[3]);
    return Files.write(file, bytes.toByteArray());
  }

  private static byte[] entry(String principal, int version) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    String[] name = principal.substring(0, principal.indexOf('@')).split("/");
    out.writeShort(name.length);
    text(out, principal.substring(principal.indexOf('@') + 1));
    for (String part : name) {
      text(out, part);
    }
    out.writeInt(1);
    out.writeInt(0);
    out.writeByte(version);
    KerberosKey key =
        new KerberosKey(new KerberosPrincipal(principal), "secret".toCharArray(), KIND);
    out.writeShort(KIND_NUMBER);
    out.writeShort(key.getEncoded().length);
    out.write(key.getEncoded());
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(utf8.length);
    out.write(utf8);
  }
}
