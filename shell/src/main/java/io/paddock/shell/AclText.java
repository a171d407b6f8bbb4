package io.paddock.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/** ACLs as typed: {@code scheme:id:perms[,...]}. */
final class AclText {
  /** The last part of an entry whose id has a comma. */
  private static final Pattern END = Pattern.compile(".*:[cdrwa]+");

  private AclText() {}

  /**
   * The entries of a text; the scheme ends at the first colon, the permissions begin behind the
   * last. A part that is no entry belongs to the id of the next one, since subjects of certificates
   * have commas; zkCli refuses it. What is no entry at the end, or no permission letter, is told on
   * {@code err} and left out, as zkCli does.
   */
  static List<ACL> parse(String text, PrintStream err) {
    List<ACL> acl = new ArrayList<>();
    for (String part : parts(text)) {
      int first = part.indexOf(':');
      int last = part.lastIndexOf(':');
      if (first == last) {
        err.println(part + " does not have the form scheme:id:perm");
        continue;
      }
      Id id = new Id(part.substring(0, first), part.substring(first + 1, last));
      acl.add(new ACL(permissions(part.substring(last + 1), err), id));
    }
    return acl;
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    // The beginning of an entry whose id has a comma, as far as it goes.
    List<String> begun = new ArrayList<>();
    for (String piece : text.split(",")) {
      if (isEntry(piece) || begun.isEmpty() && !piece.contains(":")) {
        parts.addAll(begun);
        begun.clear();
        parts.add(piece);
      } else {
        begun.add(piece);
        if (begun.size() > 1 && END.matcher(piece).matches()) {
          parts.add(String.join(",", begun));
          begun.clear();
        }
      }
    }
    parts.addAll(begun);
    return parts;
  }

  private static boolean isEntry(String piece) {
    return piece.indexOf(':') != piece.lastIndexOf(':');
  }

  private static int permissions(String letters, PrintStream err) {
    int permissions = 0;
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      switch (letter) {
        case 'c' -> permissions |= ZooDefs.Perms.CREATE;
        case 'd' -> permissions |= ZooDefs.Perms.DELETE;
        case 'r' -> permissions |= ZooDefs.Perms.READ;
        case 'w' -> permissions |= ZooDefs.Perms.WRITE;
        case 'a' -> permissions |= ZooDefs.Perms.ADMIN;
        default -> err.println("Unknown perm type: " + letter);
      }
    }
    return permissions;
  }
}
