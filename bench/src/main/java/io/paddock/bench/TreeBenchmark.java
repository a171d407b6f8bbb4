package io.paddock.bench;

import io.paddock.tree.Applied;
import io.paddock.tree.Asker;
import io.paddock.tree.Node;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.SnapshotWriter;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The znode tree by itself: lookups, writes and the snapshot body. Public because JMH asks for it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TreeBenchmark {
  private static final long SESSION = 0x100000000000000L;
  private static final int SESSION_TIMEOUT_MILLIS = 30_000;
  private static final int PARENTS = 100;
  private static final List<Id> ANYONE = List.of(new Id("ip", "127.0.0.1"));

  /** Znodes in the tree. */
  @Param({"1000", "100000"})
  private int znodes;

  private final Prep prep = new Prep(PrepSettings.DEFAULT);
  private final JuteWriter out = new JuteWriter();
  private Tree tree = Tree.fresh();
  private String[] paths;
  private Op[] sets;
  private Op[] creates;
  private int next;

  /** Fills the tree. */
  @Setup
  public void fill() {
    tree = apply(new Op.CreateSession(SESSION_TIMEOUT_MILLIS));
    tree = apply(create("/tree", 0));
    for (int i = 0; i < PARENTS; i++) {
      tree = apply(create(LargeTree.parent(i), 0));
    }
    paths = new String[znodes];
    sets = new Op[znodes];
    creates = new Op[znodes];
    for (int i = 0; i < znodes; i++) {
      paths[i] = LargeTree.znode(i, PARENTS);
      sets[i] = new Op.SetData(paths[i], Znodes.data(i), -1);
      creates[i] = create(paths[i] + "-new", i);
      tree = apply(create(paths[i], i));
    }
  }

  /** What a get looks up. */
  @Benchmark
  public Node find() {
    return tree.find(paths[index()]);
  }

  /** A set from request to the tree after it. */
  @Benchmark
  public Tree prepareSet() {
    tree = apply(sets[index()]);
    return tree;
  }

  /** A create from request to the tree after it, which the next one does not build on. */
  @Benchmark
  public Tree prepareCreate() {
    return apply(creates[index()]);
  }

  /** The whole tree as a snapshot's bytes. */
  @Benchmark
  public long writeSnapshot() {
    SnapshotWriter writer = new SnapshotWriter(tree);
    long bytes = 0;
    boolean more = true;
    while (more) {
      out.clear();
      more = writer.fill(out, 64 << 10);
      bytes += out.size();
    }
    return bytes;
  }

  private Tree apply(Op op) {
    Applied applied =
        prep.prepare(tree, new Asker(SESSION, 1, ANYONE), op, new Stamp(tree.zxid() + 1, 1));
    if (applied.result().error() != ErrorCode.OK) {
      throw new IllegalStateException(op + " failed: " + applied.result().error());
    }
    return applied.tree();
  }

  private int index() {
    // A stride that is no neighbour, so that the caches do not hold just what comes next.
    next = (int) ((next + 7919L) % znodes);
    return next;
  }

  private static Op create(String path, int number) {
    return new Op.Create(OpCode.CREATE, path, Znodes.data(number), Acl.OPEN, 0, -1);
  }
}
