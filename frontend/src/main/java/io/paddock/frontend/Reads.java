package io.paddock.frontend;

import io.paddock.tree.AccessControl;
import io.paddock.tree.AclList;
import io.paddock.tree.FailureCount;
import io.paddock.tree.Node;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReplyHeader;
import io.paddock.wire.SetWatches;
import io.paddock.wire.TooLongException;
import io.paddock.wire.WatcherEvent;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what needs no transaction, on one tree, and writes the reply's frame as it goes
 * (client protocol sheet, section 3). Reading and arming a watch are one step, so nothing can come
 * between them. Belongs to its loop's thread.
 *
 * <p>Over 400 lines: a method for each operation.
 */
final class Reads {
  private static final Logger LOG = LoggerFactory.getLogger(Reads.class);

  /** Stands for a null path in the watch table: no bytes decode to a lone surrogate. */
  private static final String NO_PATH = "\ud800";

  private static final int ERROR_AT = 16;

  /** What a list of children consists of: getChildren's or getChildren2's. */
  private enum ListForm {
    NAMES,
    NAMES_AND_STAT
  }

  private final AccessControl access;
  private final Watches watches;
  private final int replyBytesMax;
  private final Meter meter;
  private final ChildrenCache wide = new ChildrenCache();
  private final FailureCount failures = new FailureCount();

  /** Whose request is at hand. */
  private Lane current;

  Reads(AccessControl access, Watches watches, int replyBytesMax, Meter meter) {
    this.access = access;
    this.watches = watches;
    this.replyBytesMax = replyBytesMax;
    this.meter = meter;
  }

  /**
   * Answers one request.
   *
   * @param in the request's body
   * @param ids who asks: the connection's identities when the request arrived
   * @param tree what is answered from; the reply carries its zxid
   */
  int answer(
      Lane lane, int xid, OpCode op, JuteReader in, List<Id> ids, Tree tree, JuteWriter out) {
    current = lane;
    ErrorCode error = ErrorCode.OK;
    if (op == OpCode.SET_WATCHES || op == OpCode.SET_WATCHES2) {
      // Its events come before its reply, in frames of their own, even when it fails half-way.
      error = setWatches(lane, op == OpCode.SET_WATCHES2, in, tree, out);
    }
    int start = out.size();
    out.sizeMax((long) start + replyBytesMax);
    try {
      beginReply(out, xid, tree.zxid());
      error = error == ErrorCode.OK ? run(lane, op, in, ids, tree, out) : error;
    } catch (MalformedException e) {
      error = ErrorCode.MARSHALLINGERROR;
    } catch (TooLongException e) {
      lane.oddity(() -> lane + " asked by a " + op + " for too long a reply: " + e.getMessage());
      error = ErrorCode.MARSHALLINGERROR;
    } catch (RuntimeException e) {
      // A defect of ours; the tree is whole, and the next request is answered (docs/decisions.md).
      tell(lane, op, e);
      error = ErrorCode.MARSHALLINGERROR;
    } finally {
      out.sizeMax(Integer.MAX_VALUE);
    }
    if (error != ErrorCode.OK) {
      out.truncate(start);
      beginReply(out, xid, tree.zxid());
      out.setInt(start + ERROR_AT, error.code());
    }
    out.endFrame(start);
    return out.size() - start - Integer.BYTES;
  }

  private void moved(String path, long bytes) {
    meter.read(path, bytes);
    current.chargeRead(path, bytes);
  }

  private void tell(Lane lane, OpCode op, RuntimeException failure) {
    long count = failures.toTell(failure);
    if (count > 0) {
      LOG.error(
          "A {} of session 0x{} met a defect and was refused; the {}. time that this one is met",
          op,
          Long.toHexString(lane.sessionId()),
          count,
          failure);
    }
  }

  private static void beginReply(JuteWriter out, int xid, long zxid) {
    out.beginFrame();
    ReplyHeader.write(out, xid, zxid, ErrorCode.OK.code());
  }

  private ErrorCode run(
      Lane lane, OpCode op, JuteReader in, List<Id> ids, Tree tree, JuteWriter out) {
    return switch (op) {
      case GET_DATA -> getData(lane, in.readString(), in.readBoolean(), ids, tree, out);
      case EXISTS -> exists(lane, in.readString(), in.readBoolean(), ids, tree, out);
      case GET_CHILDREN ->
          getChildren(lane, in.readString(), in.readBoolean(), ListForm.NAMES, ids, tree, out);
      case GET_CHILDREN2 ->
          getChildren(
              lane, in.readString(), in.readBoolean(), ListForm.NAMES_AND_STAT, ids, tree, out);
      case GET_ACL -> getAcl(in.readString(), ids, tree, out);
      case GET_ALL_CHILDREN_NUMBER -> getAllChildrenNumber(in.readString(), ids, tree, out);
      case GET_EPHEMERALS -> getEphemerals(lane.sessionId(), in.readString(), tree, out);
      case MULTI_READ -> multiRead(in, ids, tree, out);
      case WHO_AM_I -> whoAmI(ids, out);
      case ADD_WATCH -> addWatch(lane, in.readString(), in.readInt(), out);
      case CHECK_WATCHES -> checkWatches(lane, in.readString(), in.readInt());
      case REMOVE_WATCHES -> removeWatches(lane, in.readString(), in.readInt());
      case PING, SET_WATCHES, SET_WATCHES2 -> ErrorCode.OK;
      default -> throw new IllegalArgumentException(op + " is not a read");
    };
  }

  private ErrorCode getData(
      Lane lane, String path, boolean watch, List<Id> ids, Tree tree, JuteWriter out) {
    Node node = tree.find(known(path));
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!mayRead(node, path, ids)) {
      return ErrorCode.NOAUTH;
    }
    node.writeData(out);
    node.writeStat(out);
    moved(path, node.dataLength());
    if (watch) {
      // Last: a read that fails half-way leaves none.
      watches.add(lane.watchSet(), path, Watches.DATA);
    }
    return ErrorCode.OK;
  }

  private ErrorCode exists(
      Lane lane, String path, boolean watch, List<Id> ids, Tree tree, JuteWriter out) {
    if (known(path).indexOf(0) >= 0) {
      return ErrorCode.BADARGUMENTS;
    }
    Node node = tree.find(path);
    if (node != null && !mayRead(node, path, ids)) {
      return ErrorCode.NOAUTH;
    }
    if (node != null) {
      node.writeStat(out);
      moved(path, 0);
    }
    if (watch) {
      // Also when there is no such znode: the watch then waits for its creation.
      watches.add(lane.watchSet(), path, Watches.DATA);
    }
    return node == null ? ErrorCode.NONODE : ErrorCode.OK;
  }

  private ErrorCode getChildren(
      Lane lane,
      String path,
      boolean watch,
      ListForm form,
      List<Id> ids,
      Tree tree,
      JuteWriter out) {
    Node node = tree.find(known(path));
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!mayRead(node, path, ids)) {
      return ErrorCode.NOAUTH;
    }
    int start = out.size();
    wide.write(node, out);
    moved(path, out.size() - start - (1L + node.childCount()) * Integer.BYTES);
    if (form == ListForm.NAMES_AND_STAT) {
      node.writeStat(out);
    }
    if (watch) {
      watches.add(lane.watchSet(), path, Watches.CHILD);
    }
    return ErrorCode.OK;
  }

  private ErrorCode getAcl(String path, List<Id> ids, Tree tree, JuteWriter out) {
    Node node = tree.find(known(path));
    if (node == null) {
      return ErrorCode.NONODE;
    }
    AclList acl = node.acl();
    if (!access.permits(acl, Acl.READ | Acl.ADMIN, ids, path, null)) {
      return ErrorCode.NOAUTH;
    }
    Acl.writeList(out, access.shown(acl, ids));
    node.writeStat(out);
    return ErrorCode.OK;
  }

  private ErrorCode getAllChildrenNumber(String path, List<Id> ids, Tree tree, JuteWriter out) {
    Node node = tree.find(known(path));
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!mayRead(node, path, ids)) {
      return ErrorCode.NOAUTH;
    }
    // The empty path is an alias of the root that counts the root too, as Apache's server does.
    out.writeInt(node.descendantCount() + (path.isEmpty() ? 1 : 0));
    return ErrorCode.OK;
  }

  private static ErrorCode getEphemerals(long sessionId, String prefix, Tree tree, JuteWriter out) {
    Collection<String> paths = tree.ephemerals(sessionId);
    String trimmed = prefix == null ? "" : prefix.trim();
    boolean all = trimmed.isEmpty() || trimmed.equals("/");
    int countAt = out.beginFrame();
    int count = 0;
    for (String path : paths) {
      if (all || path.startsWith(prefix)) {
        out.writeString(path);
        count++;
      }
    }
    out.setInt(countAt, count);
    return ErrorCode.OK;
  }

  /** Each of its operations fails for itself; none sets a watch. */
  private ErrorCode multiRead(JuteReader in, List<Id> ids, Tree tree, JuteWriter out) {
    int bodyAt = out.size();
    if (!isOfReads(ahead(in))) {
      if (Op.read(OpCode.MULTI, ahead(in)) instanceof Op.Malformed) {
        return ErrorCode.MARSHALLINGERROR;
      }
      return interrupted(bodyAt, out);
    }
    for (MultiHeader header = MultiHeader.read(in); !header.done(); header = MultiHeader.read(in)) {
      OpCode op = OpCode.of(header.type());
      String path = in.readString();
      in.readBoolean();
      if (path == null) {
        return interrupted(bodyAt, out);
      }
      int start = out.size();
      MultiHeader.write(out, op.code(), false, 0);
      ErrorCode error =
          op == OpCode.GET_DATA
              ? getData(null, path, false, ids, tree, out)
              : getChildren(null, path, false, ListForm.NAMES, ids, tree, out);
      if (error != ErrorCode.OK) {
        out.truncate(start);
        MultiHeader.write(out, -1, false, error.code());
        out.writeInt(error.code());
      }
    }
    MultiHeader.writeEnd(out);
    return ErrorCode.OK;
  }

  /** Where Apache's server trips, it sends the results up to there and the error with them. */
  private static ErrorCode interrupted(int bodyAt, JuteWriter out) {
    out.setInt(bodyAt - Integer.BYTES, ErrorCode.MARSHALLINGERROR.code());
    MultiHeader.writeEnd(out);
    return ErrorCode.OK;
  }

  private static JuteReader ahead(JuteReader in) {
    return new JuteReader().reset(in.array(), in.position(), in.position() + in.remaining());
  }

  private static boolean isOfReads(JuteReader in) {
    for (MultiHeader header = MultiHeader.read(in); !header.done(); header = MultiHeader.read(in)) {
      OpCode op = OpCode.of(header.type());
      if (op != OpCode.GET_DATA && op != OpCode.GET_CHILDREN) {
        return false;
      }
      in.readString();
      in.readBoolean();
    }
    return true;
  }

  private ErrorCode whoAmI(List<Id> ids, JuteWriter out) {
    out.writeInt(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      Id id = ids.get(i);
      out.writeString(id.scheme());
      out.writeString(access.user(id));
    }
    return ErrorCode.OK;
  }

  private ErrorCode addWatch(Lane lane, String path, int mode, JuteWriter out) {
    if (mode != 0 && mode != 1) {
      return ErrorCode.MARSHALLINGERROR;
    }
    watches.add(lane.watchSet(), watched(path), mode == 0 ? Watches.PERSISTENT : Watches.RECURSIVE);
    out.writeInt(ErrorCode.OK.code());
    return ErrorCode.OK;
  }

  private ErrorCode checkWatches(Lane lane, String path, int watcherType) {
    // A persistent watch is in both tables; the reference looks at the data table only.
    int modes = watcherType == 4 ? Watches.DATA_PERSISTENT : modesOf(watcherType);
    return (watches.modes(lane.watchSet(), watched(path)) & modes) != 0
        ? ErrorCode.OK
        : ErrorCode.NOWATCHER;
  }

  private ErrorCode removeWatches(Lane lane, String path, int watcherType) {
    return watches.remove(lane.watchSet(), watched(path), modesOf(watcherType))
        ? ErrorCode.OK
        : ErrorCode.NOWATCHER;
  }

  private static int modesOf(int watcherType) {
    return switch (watcherType) {
      case 1 -> Watches.CHILD;
      case 2 -> Watches.DATA;
      case 3 -> Watches.ANY;
      case 4 -> Watches.PERSISTENT;
      case 5 -> Watches.RECURSIVE;
      default -> throw new MalformedException("watcher type " + watcherType);
    };
  }

  private ErrorCode setWatches(
      Lane lane, boolean second, JuteReader in, Tree tree, JuteWriter out) {
    try {
      setWatches(lane, SetWatches.read(in, second), tree, out);
      return ErrorCode.OK;
    } catch (MalformedException e) {
      return ErrorCode.MARSHALLINGERROR;
    }
  }

  /** Tells what the client missed while it was away, and arms the rest. */
  private void setWatches(Lane lane, SetWatches set, Tree tree, JuteWriter out) {
    for (String path : sent(set.data())) {
      Node node = tree.find(known(path));
      catchUp(lane, path, node, Watches.DATA, out, dataEvent(node, set.relativeZxid()));
    }
    for (String path : sent(set.exist())) {
      Node node = tree.find(known(path));
      catchUp(lane, path, node, Watches.DATA, out, node == null ? 0 : WatcherEvent.NODE_CREATED);
    }
    for (String path : sent(set.child())) {
      Node node = tree.find(known(path));
      catchUp(lane, path, node, Watches.CHILD, out, childEvent(node, set.relativeZxid()));
    }
    for (String path : sent(set.persistent())) {
      watches.add(lane.watchSet(), watched(path), Watches.PERSISTENT);
    }
    for (String path : sent(set.recursive())) {
      watches.add(lane.watchSet(), watched(path), Watches.RECURSIVE);
    }
  }

  private static List<String> sent(List<String> paths) {
    if (paths == null) {
      throw new MalformedException("null list of paths");
    }
    return paths;
  }

  private static int dataEvent(Node node, long seenZxid) {
    if (node == null) {
      return WatcherEvent.NODE_DELETED;
    }
    return node.mzxid() > seenZxid ? WatcherEvent.NODE_DATA_CHANGED : 0;
  }

  private static int childEvent(Node node, long seenZxid) {
    if (node == null) {
      return WatcherEvent.NODE_DELETED;
    }
    return node.pzxid() > seenZxid ? WatcherEvent.NODE_CHILDREN_CHANGED : 0;
  }

  /**
   * Like a watch that fires: what happened to a znode that the client may not read is not told, and
   * the watch is used up all the same.
   *
   * @param node the znode at {@code path}, null when there is none
   * @param event what was missed; 0 for nothing
   */
  private void catchUp(Lane lane, String path, Node node, int modes, JuteWriter out, int event) {
    if (event == 0) {
      watches.add(lane.watchSet(), path, modes);
    } else if (node == null || lane.mayRead(node.acl(), path)) {
      int start = out.size();
      EventFrame.write(out, event, path, EventFrame.ZXID_CATCH_UP);
      lane.toldEvent(out.size() - start - Integer.BYTES);
    }
  }

  private boolean mayRead(Node node, String path, List<Id> ids) {
    return access.permits(node.acl(), Acl.READ, ids, path, null);
  }

  /** The path under which a watch is kept: a null one is watched too, though nothing fires it. */
  private static String watched(String path) {
    return path == null ? NO_PATH : path;
  }

  /** A null path is as bad as one that does not decode. */
  private static String known(String path) {
    if (path == null) {
      throw new MalformedException("null path");
    }
    return path;
  }
}
