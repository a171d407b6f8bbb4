package io.paddock.sim;

import io.paddock.tree.Node;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.tree.TxnBody;
import io.paddock.tree.TxnHeader;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.ZabInvariants;
import io.paddock.zab.Zxid;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was proposed and what was decided in a run, and the state behind each decision as the naive
 * {@link Model} has it. Everything that a server publishes, and every reply that a client gets, is
 * held against it. One thread.
 */
final class Chronicle {
  private record Proposal(long zxid, long parent, byte[] bytes) {}

  private record Request(long session, int cxid) {}

  /** A decided transaction. */
  record Entry(TxnHeader header, Outcome outcome) {
    long zxid() {
      return header.zxid();
    }

    NaiveTree tree() {
      return outcome.after();
    }
  }

  final ZabInvariants invariants = new ZabInvariants();
  private final Map<Long, Proposal> proposals = new HashMap<>();
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private final Map<Long, Long> digests = new HashMap<>();

  /** The last transaction before each epoch whose leader named a snapshot by the epoch's mark. */
  private final Map<Long, Long> marks = new HashMap<>();

  private final Map<Request, Op> requests = new HashMap<>();
  private final Map<Long, Integer> cxids = new HashMap<>();

  /** By session, the last request before its client had another connection. */
  private final Map<Long, Integer> left = new HashMap<>();

  private final Set<Long> closings = new HashSet<>();
  private final Set<Long> made = new HashSet<>();
  private int reconfigurations;

  /** The last transaction whose state, or whose outcome, any client has been shown. */
  private long shown;

  private NaiveTree latest = NaiveTree.fresh();

  /** A client sends a write. */
  void asked(long session, int cxid, Op op) {
    requests.put(new Request(session, cxid), op);
  }

  /** A client is shown the state at {@code zxid}. */
  void shown(long zxid) {
    shown = Math.max(shown, real(zxid));
  }

  /** The last transaction that anybody has been shown until now. */
  long shown() {
    return shown;
  }

  /**
   * Whether {@code zxid} is before {@code floor}. What is linearizable is not answered before what
   * anybody had been shown when it was asked for: all transactions have one order, and each reply
   * has its place there and shows the state of that place, so nothing else is to be looked at.
   */
  boolean isBefore(long zxid, long floor) {
    return real(zxid) < floor;
  }

  /**
   * A client is served by another connection: what it had asked before, up to that request, has
   * happened by now or never will.
   */
  void moved(long session, int lastCxid) {
    left.put(session, lastCxid);
  }

  /** A server logs a transaction behind another one. */
  void appended(long sid, long parent, long zxid, byte[] bytes) {
    Proposal proposal = new Proposal(zxid, real(parent), bytes);
    Proposal known = proposals.putIfAbsent(zxid, proposal);
    if (known == null) {
      Txn txn = Txn.read(new JuteReader(bytes));
      if (txn.header().type() == OpCode.CLOSE_SESSION.code()) {
        closings.add(txn.header().sessionId());
      }
    } else if (!Arrays.equals(known.bytes, bytes)) {
      throw new SimFinding("server " + sid + " logs another transaction as " + hex(zxid));
    } else if (known.parent != proposal.parent) {
      throw new SimFinding(
          "server %d logs %s behind %s, others behind %s"
              .formatted(sid, hex(zxid), hex(proposal.parent), hex(known.parent)));
    }
  }

  /**
   * A server alone goes on behind {@code zxid}: what it had logged after that is lost, which nobody
   * may have heard of, and the zxids are used again.
   */
  void goesOn(long sid, long zxid) {
    if (lastZxid() > zxid) {
      throw new SimFinding(
          "server %d goes on behind %s, but %s was published"
              .formatted(sid, hex(zxid), hex(lastZxid())));
    }
    proposals.keySet().removeIf(proposed -> proposed > zxid);
  }

  /** A client was told that its write was not done: it never may be. */
  void refused(long session, int cxid) {
    requests.remove(new Request(session, cxid));
  }

  /** A leader sends its tree under the mark of its epoch. */
  void marked(long sid, long mark, long zxid) {
    Long known = marks.putIfAbsent(mark, real(zxid));
    if (known != null && known != real(zxid)) {
      throw new SimFinding(
          "server %d calls %s %s, which was %s".formatted(sid, hex(zxid), hex(mark), hex(known)));
    }
  }

  /** The last transaction at a zxid that may be an epoch's mark. */
  private long real(long zxid) {
    return marks.getOrDefault(zxid, zxid);
  }

  /** A server begins to serve with this tree. */
  void serves(long sid, Tree tree) {
    ArrayDeque<Long> history = new ArrayDeque<>();
    long zxid = real(tree.zxid());
    while (zxid != 0) {
      Proposal proposal = proposals.get(zxid);
      if (proposal == null) {
        throw new SimFinding("server " + sid + " serves " + hex(zxid) + ", which nobody proposed");
      }
      history.addFirst(zxid);
      zxid = proposal.parent;
    }
    invariants.started(sid);
    history.forEach(each -> decide(sid, each));
    compare(sid, tree);
  }

  /** A server that serves publishes its next transaction. */
  void published(long sid, long zxid, Tree tree) {
    decide(sid, zxid);
    compare(sid, tree);
  }

  private void decide(long sid, long zxid) {
    Proposal proposal = proposals.get(zxid);
    if (proposal == null) {
      throw new SimFinding("server " + sid + " publishes " + hex(zxid) + ", which nobody logged");
    }
    invariants.committed(sid, zxid, proposal.bytes);
    if (entries.isEmpty() || zxid > entries.lastKey()) {
      Txn txn = Txn.read(new JuteReader(proposal.bytes));
      Outcome outcome = outcome(txn);
      entries.put(zxid, new Entry(txn.header(), outcome));
      latest = outcome.after();
      if (txn.header().type() == OpCode.CREATE_SESSION.code()) {
        made.add(txn.header().sessionId());
      }
    }
  }

  private Outcome outcome(Txn txn) {
    TxnHeader header = txn.header();
    boolean refused = txn.body() instanceof TxnBody.Error;
    ErrorCode error = refused ? ErrorCode.of(((TxnBody.Error) txn.body()).err()) : ErrorCode.OK;
    if (error == ErrorCode.SESSIONMOVED) {
      return Model.refused(latest, error);
    }
    if (txn.body() instanceof TxnBody.Multi probe && header.sessionId() == 0) {
      return probed(probe, header);
    }
    Op op = header.cxid() == 0 ? ownOp(txn) : known(header);
    Outcome outcome =
        op.code() == OpCode.RECONFIG
            ? reconfigured(txn, error)
            : Model.perform(latest, header.sessionId(), op, header.zxid(), header.timeMs());
    if (outcome.error() != error) {
      throw new SimFinding(
          "%s is %s of session 0x%x and came out as %s, but must be %s"
              .formatted(hex(header.zxid()), op, header.sessionId(), error, outcome.error()));
    }
    if (header.cxid() != 0 && error != ErrorCode.SESSIONEXPIRED) {
      if (header.cxid() <= left.getOrDefault(header.sessionId(), 0)) {
        throw new SimFinding(
            "%s is request %d of session 0x%x, whose client had lost it and has another connection"
                .formatted(hex(header.zxid()), header.cxid(), header.sessionId()));
      }
      Integer earlier = cxids.put(header.sessionId(), header.cxid());
      if (earlier != null && earlier >= header.cxid()) {
        throw new SimFinding(
            "%s is request %d of session 0x%x, after its request %d"
                .formatted(hex(header.zxid()), header.cxid(), header.sessionId(), earlier));
      }
    }
    return outcome;
  }

  /** By an empty multi a server alone finds out whether its disk has room again. */
  private Outcome probed(TxnBody.Multi probe, TxnHeader header) {
    if (!probe.parts().isEmpty()) {
      throw new SimFinding(hex(header.zxid()) + " is a probe of the disk and changes something");
    }
    return new Outcome(ErrorCode.OK, new byte[0], latest, List.of());
  }

  /** Whether it is refused depends on who is connected; the answer begins with the new members. */
  private Outcome reconfigured(Txn txn, ErrorCode error) {
    switch (error) {
      case OK -> {
        JuteWriter body = new JuteWriter();
        body.writeBuffer(((TxnBody.SetData) txn.body()).data());
        reconfigurations++;
        return new Outcome(error, body.toByteArray(), latest, List.of());
      }
      case RECONFIGINPROGRESS, NEWCONFIGNOQUORUM, BADARGUMENTS, SESSIONEXPIRED -> {
        return Model.refused(latest, error);
      }
      default -> throw new SimFinding(hex(txn.zxid()) + " refuses a reconfiguration with " + error);
    }
  }

  /** How often the members changed. */
  int reconfigurations() {
    return reconfigurations;
  }

  private Op known(TxnHeader header) {
    Op op = requests.get(new Request(header.sessionId(), header.cxid()));
    if (op == null) {
      throw new SimFinding(
          "%s is request %d of session 0x%x, who never sent it"
              .formatted(hex(header.zxid()), header.cxid(), header.sessionId()));
    }
    return op;
  }

  /** What a server wanted by itself. */
  private static Op ownOp(Txn txn) {
    OpCode type = OpCode.of(txn.header().type());
    return switch (type) {
      case CREATE_SESSION -> new Op.CreateSession(((TxnBody.CreateSession) txn.body()).timeoutMs());
      case CLOSE_SESSION -> new Op.CloseSession();
      case DELETE_CONTAINER -> new Op.DeleteContainer(((TxnBody.Delete) txn.body()).path());
      default ->
          throw new SimFinding(hex(txn.zxid()) + " is a " + type + " that no client asked for");
    };
  }

  /** Whether a server's tree is what it must be: the same everywhere, and the model's. */
  private void compare(long sid, Tree tree) {
    long zxid = real(tree.zxid());
    Long digest = digests.putIfAbsent(zxid, tree.digest());
    if (digest == null) {
      compareWithModel(sid, tree, at(zxid));
    } else if (digest != tree.digest()) {
      throw new SimFinding("server " + sid + " has another tree at " + hex(zxid) + " than others");
    }
  }

  /** Looks at every znode and session. */
  void compareWithModel(long sid, Tree tree, NaiveTree expected) {
    String where = "server " + sid + " at " + hex(tree.zxid()) + ": ";
    // Not ours: the root, which counts twice, and three below it.
    int count = tree.nodeCount() - 4;
    if (count != expected.nodes.size()) {
      throw new SimFinding(where + count + " znodes instead of " + expected.nodes.size());
    }
    expected.nodes.forEach(
        (path, naive) -> {
          Node node = tree.find(path);
          if (node == null) {
            throw new SimFinding(where + path + " is missing");
          }
          if (!path.isEmpty() && !node.stat().equals(expected.stat(path))) {
            throw new SimFinding(
                where + path + " has " + node.stat() + " instead of " + expected.stat(path));
          }
          if (!Arrays.equals(node.data(), naive.data())
              || !node.acl().entries().equals(naive.acl())) {
            throw new SimFinding(where + path + " has other data or rights than it must");
          }
        });
    if (tree.sessionCount() != expected.sessions.size()) {
      throw new SimFinding(
          where + tree.sessionCount() + " sessions instead of " + expected.sessions.size());
    }
    expected.sessions.forEach(
        (id, timeoutMs) -> {
          if (tree.sessionTimeoutMs(id) != timeoutMs) {
            throw new SimFinding(
                where + "session 0x" + Long.toHexString(id) + " is not what it was");
          }
          if (!Set.copyOf(tree.ephemerals(id)).equals(Set.copyOf(expected.ephemerals(id)))) {
            throw new SimFinding(
                where + "the ephemerals of session 0x" + Long.toHexString(id) + " differ");
          }
        });
  }

  /** The state after a transaction, or at an epoch's mark. */
  NaiveTree at(long zxid) {
    long real = real(zxid);
    if (real == 0) {
      return NaiveTree.fresh();
    }
    Entry entry = entries.get(real);
    if (entry == null && Zxid.counter(real) == 0) {
      Map.Entry<Long, Entry> before = entries.floorEntry(real);
      entry = before == null ? null : before.getValue();
    }
    if (entry == null) {
      throw new SimFinding("somebody is told of " + hex(zxid) + ", which was not decided");
    }
    return entry.tree();
  }

  /** The decided transaction with this zxid. */
  Entry entry(long zxid) {
    Entry entry = entries.get(zxid);
    if (entry == null) {
      throw new SimFinding("a write is acknowledged as " + hex(zxid) + ", which was not decided");
    }
    return entry;
  }

  /** The decided transactions after one zxid up to another. */
  Iterable<Entry> between(long after, long upTo) {
    return entries.subMap(after, false, upTo, true).values();
  }

  /** The state after everything decided. */
  NaiveTree latest() {
    return latest;
  }

  long lastZxid() {
    return entries.isEmpty() ? 0 : entries.lastKey();
  }

  int decided() {
    return entries.size();
  }

  /** Whether somebody proposed to close a session. */
  boolean wasClosing(long session) {
    return closings.contains(session);
  }

  /** Whether there ever was such a session. */
  boolean wasMade(long session) {
    return made.contains(session);
  }

  static String hex(long zxid) {
    return "0x" + Long.toHexString(zxid);
  }
}
