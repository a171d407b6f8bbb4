package io.paddock.machine;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * Whose keys a keytab holds, to be told when one is missing. Of the keys themselves nothing is
 * kept. The file: two bytes 05 02, then entries: a length of four bytes (negative for a hole),
 * number of components, realm, components, type of name, time, version, key.
 */
public final class KeytabFile {
  private static final int VERSION = 0x0502;
  private static final int TEXT_MAX = 1024;

  private KeytabFile() {}

  /**
   * The principals, each with the versions of its keys, as in {@code zookeeper/zoo1@EXAMPLE (key
   * version 2)}.
   *
   * @throws IOException when it cannot be read or is no keytab
   */
  public static Set<String> principals(Path file) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)));
    if (in.available() == 0) {
      throw new IOException("it is empty");
    }
    if (in.available() < 2 || in.readUnsignedShort() != VERSION) {
      throw new IOException("it is no keytab");
    }
    Set<String> found = new TreeSet<>();
    while (in.available() >= Integer.BYTES) {
      int length = in.readInt();
      if (Math.abs((long) length) > in.available()) {
        throw new IOException("it is cut off");
      }
      byte[] entry = in.readNBytes(Math.abs(length));
      if (length > 0) {
        found.add(principal(new DataInputStream(new ByteArrayInputStream(entry))));
      }
    }
    return found;
  }

  private static String principal(DataInputStream in) throws IOException {
    int components = in.readUnsignedShort();
    String realm = text(in);
    StringJoiner name = new StringJoiner("/");
    for (int i = 0; i < components; i++) {
      name.add(text(in));
    }
    in.readInt();
    in.readInt();
    return name + "@" + realm + " (key version " + in.readUnsignedByte() + ")";
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readUnsignedShort();
    if (length > TEXT_MAX) {
      throw new IOException("it is no keytab");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
  }
}
