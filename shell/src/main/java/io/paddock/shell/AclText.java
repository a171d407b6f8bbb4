package io.paddock.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/** ACLs as typed: {@code scheme:id:perms[,...]}. */
final class AclText {
  private AclText() {}

  /**
   * The entries of a text; the scheme ends at the first colon, the permissions begin behind the
   * last. What is no entry or no permission letter is told on {@code err} and left out, as zkCli
   * does: it is the client that refuses a list that ends up empty.
   */
  static List<ACL> parse(String text, PrintStream err) {
    List<ACL> acl = new ArrayList<>();
    for (String part : text.split(",")) {
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
