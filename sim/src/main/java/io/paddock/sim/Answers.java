package io.paddock.sim;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What a read must be answered with, from a {@link NaiveTree} (client protocol sheet, section 3).
 * Children and ephemerals come in no particular order, the rest is compared byte by byte.
 */
final class Answers {
  private final NaiveTree tree;
  private final WatchBook watches;
  private final JuteWriter body = new JuteWriter();

  private Answers(NaiveTree tree, WatchBook watches) {
    this.tree = tree;
    this.watches = watches;
  }

  /**
   * Compares a reply, and arms in {@code watches} what it has armed.
   *
   * @param session who asks
   * @throws SimFinding when the reply is not what it must be
   */
  static void check(
      NaiveTree tree, WatchBook watches, long session, Request request, int err, byte[] got) {
    Answers answers = new Answers(tree, watches);
    ErrorCode expected = answers.answer(request, session);
    if (err != expected.code()) {
      throw new SimFinding(request + " is answered with error " + err + " instead of " + expected);
    }
    if (expected == ErrorCode.OK
        && !Arrays.equals(sorted(request.code(), got), answers.body.toByteArray())) {
      throw new SimFinding(request + " is answered with what is not there");
    }
  }

  /** The reply with its names in order. */
  private static byte[] sorted(OpCode code, byte[] got) {
    if (code != OpCode.GET_CHILDREN
        && code != OpCode.GET_CHILDREN2
        && code != OpCode.GET_EPHEMERALS) {
      return got;
    }
    JuteReader in = new JuteReader(got);
    JuteWriter out = new JuteWriter();
    List<String> names = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      names.add(in.readString());
    }
    writeSorted(names, out);
    out.writeRaw(got, in.position(), in.remaining());
    return out.toByteArray();
  }

  private static void writeSorted(List<String> names, JuteWriter out) {
    Collections.sort(names);
    out.writeInt(names.size());
    names.forEach(out::writeString);
  }

  private ErrorCode answer(Request request, long session) {
    String path = request.path();
    return switch (request.code()) {
      case GET_DATA -> getData(path, request.watch());
      case EXISTS -> exists(path, request.watch());
      case GET_CHILDREN, GET_CHILDREN2 -> getChildren(request);
      case GET_ACL -> getAcl(path);
      case GET_ALL_CHILDREN_NUMBER -> count(path);
      case GET_EPHEMERALS -> ephemerals(path, session);
      case MULTI_READ -> multiRead(request.paths());
      case ADD_WATCH -> addWatch(request);
      case CHECK_WATCHES -> hasWatch(request) ? ErrorCode.OK : ErrorCode.NOWATCHER;
      case REMOVE_WATCHES -> removeWatches(request);
      case PING, SET_WATCHES2 -> ErrorCode.OK;
      default -> throw new SimFinding("no client asks for " + request.code());
    };
  }

  private ErrorCode readable(String path) {
    NaiveNode node = tree.get(path);
    if (node == null) {
      return ErrorCode.NONODE;
    }
    return node.permits(Acl.READ) ? ErrorCode.OK : ErrorCode.NOAUTH;
  }

  private ErrorCode getData(String path, boolean watch) {
    ErrorCode error = readable(path);
    if (error == ErrorCode.OK) {
      arm(path, watch, WatchBook.DATA);
      body.writeBuffer(tree.get(path).data());
      tree.stat(path).write(body);
    }
    return error;
  }

  private ErrorCode exists(String path, boolean watch) {
    ErrorCode error = readable(path);
    if (error != ErrorCode.NOAUTH) {
      arm(path, watch, WatchBook.DATA);
    }
    if (error == ErrorCode.OK) {
      tree.stat(path).write(body);
    }
    return error;
  }

  private ErrorCode getChildren(Request request) {
    String path = request.path();
    ErrorCode error = readable(path);
    if (error == ErrorCode.OK) {
      arm(path, request.watch(), WatchBook.CHILD);
      writeSorted(tree.children(path), body);
      if (request.code() == OpCode.GET_CHILDREN2) {
        tree.stat(path).write(body);
      }
    }
    return error;
  }

  private void arm(String path, boolean watch, int mode) {
    if (watch) {
      watches.arm(path, mode);
    }
  }

  private ErrorCode getAcl(String path) {
    NaiveNode node = tree.get(path);
    if (node == null) {
      return ErrorCode.NONODE;
    }
    if (!node.permits(Acl.READ | Acl.ADMIN)) {
      return ErrorCode.NOAUTH;
    }
    Acl.writeList(body, node.acl());
    tree.stat(path).write(body);
    return ErrorCode.OK;
  }

  private ErrorCode count(String path) {
    ErrorCode error = readable(path);
    if (error == ErrorCode.OK) {
      body.writeInt(tree.descendants(path));
    }
    return error;
  }

  private ErrorCode ephemerals(String prefix, long session) {
    List<String> paths = tree.ephemerals(session);
    paths.removeIf(path -> !path.startsWith(prefix));
    writeSorted(paths, body);
    return ErrorCode.OK;
  }

  private ErrorCode multiRead(List<String> paths) {
    for (String path : paths) {
      ErrorCode error = readable(path);
      if (error == ErrorCode.OK) {
        MultiHeader.write(body, OpCode.GET_DATA.code(), false, 0);
        body.writeBuffer(tree.get(path).data());
        tree.stat(path).write(body);
      } else {
        MultiHeader.write(body, OpCode.ERROR.code(), false, error.code());
        body.writeInt(error.code());
      }
    }
    MultiHeader.writeEnd(body);
    return ErrorCode.OK;
  }

  private ErrorCode addWatch(Request request) {
    watches.arm(request.path(), request.mode() == 0 ? WatchBook.PERSISTENT : WatchBook.RECURSIVE);
    body.writeInt(0);
    return ErrorCode.OK;
  }

  private boolean hasWatch(Request request) {
    return (watches.modes(request.path()) & modes(request.mode())) != 0;
  }

  private ErrorCode removeWatches(Request request) {
    if (!hasWatch(request)) {
      return ErrorCode.NOWATCHER;
    }
    watches.disarm(request.path(), modes(request.mode()));
    return ErrorCode.OK;
  }

  /** The kinds that the protocol's numbers name: child, data, persistent, recursive. */
  private static int modes(int watcherType) {
    return switch (watcherType) {
      case 1 -> WatchBook.CHILD;
      case 2 -> WatchBook.DATA;
      case 4 -> WatchBook.PERSISTENT;
      default -> WatchBook.RECURSIVE;
    };
  }
}
