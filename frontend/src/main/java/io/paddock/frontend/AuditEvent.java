package io.paddock.frontend;

import io.paddock.wire.Acl;
import io.paddock.wire.CreateMode;
import io.paddock.wire.Id;
import java.util.List;
import java.util.Locale;

/**
 * One line of the audit log (operations sheet, section 1): who did what to which znode, and how
 * that ended. Immutable. It holds no data of znodes, so that it may wait.
 *
 * @param sessionId 0 for what no session did
 * @param ids who asked; empty when the server did it by itself
 * @param serverUser whom the server runs as; null when a client did it
 * @param operation by the name that Apache's server gives it
 * @param path null when the line names none
 * @param mode what kind of znode was to be made; null when none was
 * @param acl the list that was to be set; null when none was
 */
public record AuditEvent(
    long sessionId,
    List<Id> ids,
    String serverUser,
    String operation,
    String path,
    CreateMode mode,
    List<Acl> acl,
    Outcome outcome) {
  /** How it ended. */
  public enum Outcome {
    SUCCESS,
    FAILURE,
    /** It has begun, and nobody will be there to tell how it ended. */
    INVOKED
  }

  private static final int ENTRY_BYTES = 160;
  private static final int ACL_ENTRY_BYTES = 128;

  /** Something about the server itself. */
  public static AuditEvent ofServer(String serverUser, String operation, Outcome outcome) {
    return new AuditEvent(0, List.of(), serverUser, operation, null, null, null, outcome);
  }

  /** Lines that could not be kept. Apache's log has no such line. */
  public static AuditEvent ofLost(String serverUser, long lines) {
    return ofServer(serverUser, "auditLinesLost:" + lines, Outcome.FAILURE);
  }

  /** What it keeps in memory, roughly. */
  public int bytes() {
    int bytes = ENTRY_BYTES + (path == null ? 0 : 2 * path.length());
    if (acl != null) {
      for (Acl entry : acl) {
        Id id = entry.id();
        bytes += ACL_ENTRY_BYTES + (id == null || id.id() == null ? 0 : 2 * id.id().length());
      }
    }
    return bytes;
  }

  /** The line, without time and level and without an end: pairs with a tab between them. */
  public String line() {
    StringBuilder line = new StringBuilder(160);
    pair(line, "session", sessionId == 0 ? null : "0x" + Long.toHexString(sessionId));
    pair(line, "user", serverUser == null ? users() : serverUser);
    pair(line, "ip", ids.isEmpty() ? null : ids.get(0).id());
    pair(line, "operation", operation);
    pair(line, "znode", path);
    pair(line, "znode_type", mode == null ? null : mode.name().toLowerCase(Locale.ROOT));
    pair(line, "acl", acl == null ? null : text(acl));
    pair(line, "result", outcome.name().toLowerCase(Locale.ROOT));
    return line.toString();
  }

  /** Control characters are taken out: a name must not forge a pair or a line. */
  private static void pair(StringBuilder line, String key, String value) {
    if (value == null) {
      return;
    }
    if (line.length() > 0) {
      line.append('\t');
    }
    line.append(key).append('=');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c > 0x1f) {
        line.append(c);
      }
    }
  }

  /** Identities by their names, without secrets; null when there is none. */
  private String users() {
    StringBuilder users = new StringBuilder();
    for (Id id : ids) {
      String user = user(id);
      if (user != null && !user.isBlank()) {
        users.append(users.length() == 0 ? "" : ",").append(user);
      }
    }
    return users.length() == 0 ? null : users.toString();
  }

  /** The name in an identity, without its secret; null for the super user. */
  static String user(Id id) {
    return switch (id.scheme()) {
      case "super" -> null;
      case "digest" -> {
        int colon = id.id().indexOf(':');
        yield colon < 0 ? id.id() : id.id().substring(0, colon);
      }
      default -> id.id();
    };
  }

  /** One entry right behind the other, as Apache's log has them. */
  private static String text(List<Acl> acl) {
    StringBuilder text = new StringBuilder();
    for (Acl entry : acl) {
      Id id = entry.id();
      text.append(id == null ? null : id.scheme());
      text.append(':').append(id == null ? null : id.id()).append(':');
      text.append((entry.perms() & Acl.CREATE) == 0 ? "" : "c");
      text.append((entry.perms() & Acl.DELETE) == 0 ? "" : "d");
      text.append((entry.perms() & Acl.READ) == 0 ? "" : "r");
      text.append((entry.perms() & Acl.WRITE) == 0 ? "" : "w");
      text.append((entry.perms() & Acl.ADMIN) == 0 ? "" : "a");
    }
    return text.toString();
  }
}
