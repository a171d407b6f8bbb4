package io.paddock.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The dispatcher against a port that answers as the test says. */
class DispatcherTest {
  /** Reads are answered at once from a map; writes wait for the test. */
  private static final class ScriptedPort implements Port {
    private final Map<String, ZnodeData> nodes = new HashMap<>();
    private final List<List<Op>> written = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();

    @Override
    public long now() {
      return 1_000;
    }

    @Override
    public void read(String task, Consumer<TaskNodes> then) {
      then.accept(
          new TaskNodes(
              nodes.get(Layout.task(task)),
              nodes.get(Layout.result(task)),
              nodes.get(Layout.status(task))));
    }

    @Override
    public void children(String path, Consumer<List<String>> then) {
      then.accept(List.of());
    }

    @Override
    public void get(String path, Consumer<ZnodeData> then) {
      then.accept(nodes.get(path));
    }

    @Override
    public void write(List<Op> ops, Answer then) {
      written.add(ops);
      answers.add(then);
    }

    private List<String> paths(int write) {
      return written.get(write).stream().map(Op::getPath).toList();
    }
  }

  private final ScriptedPort port = new ScriptedPort();
  private final Dispatcher dispatcher = new Dispatcher(port, 7, 8, TaskLimits.DEFAULTS);

  @BeforeEach
  void aWorkerAndATask() {
    port.nodes.put("/assign/w1", node(""));
    port.nodes.put("/tasks/t1", node("true"));
    dispatcher.worker("w1", WorkerInfo.parse(null));
    dispatcher.look("t1");
    dispatcher.assign(1);
  }

  private static ZnodeData node(String data) {
    return new ZnodeData(data.getBytes(StandardCharsets.UTF_8), new Stat());
  }

  private static AsyncZooKeeper.RefusedMulti refusal(Code code, int index) {
    List<OpResult> results = new ArrayList<>();
    for (int i = 0; i < index; i++) {
      results.add(new OpResult.ErrorResult(Code.OK.intValue()));
    }
    results.add(new OpResult.ErrorResult(code.intValue()));
    return new AsyncZooKeeper.RefusedMulti(code, results);
  }

  @Test
  void anAssignmentChecksItsWorkerAndIsOneCreate() {
    assertThat(port.paths(0)).containsExactly("/workers/w1", "/assign/w1/t1");
    assertThat(dispatcher.waiting()).isZero();
  }

  @Test
  void anAssignmentThatExistsAlreadyCountsAsMade() {
    port.answers.get(0).refused(refusal(Code.NODEEXISTS, 1));
    dispatcher.assign(1);
    assertThat(port.written).as("nothing is assigned a second time").hasSize(1);

    dispatcher.unassigned("w1", "t1");
    dispatcher.assign(1);
    assertThat(port.paths(1)).containsExactly("/workers/w1", "/assign/w1/t1");
  }

  @Test
  void aTaskWhoseWorkerWasGoneWaitsAgain() {
    port.answers.get(0).refused(refusal(Code.NONODE, 0));
    dispatcher.workerGone("w1");

    assertThat(dispatcher.waiting()).isEqualTo(1);
    assertThat(dispatcher.assign(1)).isZero();
  }

  @Test
  void aMissingParentIsMadeAndTheTaskAssignedThen() {
    port.answers.get(0).refused(refusal(Code.NONODE, 1));
    assertThat(port.paths(1)).containsExactly("/assign/w1");
    dispatcher.assign(1);
    assertThat(port.paths(2)).containsExactly("/workers/w1", "/assign/w1/t1");
  }

  @Test
  void aTaskThatIsCancelledWhileItIsAssignedLosesTheAssignmentAgain() {
    port.nodes.put("/tasks/t1/status", node("cancelled"));
    port.nodes.put("/tasks/t1/result", node("{}"));
    dispatcher.statusWritten("t1");
    port.answers.get(0).refused(null);

    assertThat(port.paths(port.written.size() - 1)).containsExactly("/assign/w1/t1");
    assertThat(port.written.get(port.written.size() - 1).get(0)).isInstanceOf(Op.Delete.class);
  }

  @Test
  void aTaskThatIsRemovedWhileItIsAssignedLosesTheAssignmentAgain() {
    port.nodes.remove("/tasks/t1");
    dispatcher.removed("t1");
    port.answers.get(0).refused(null);

    assertThat(port.paths(1)).containsExactly("/assign/w1/t1");
    assertThat(dispatcher.known()).isZero();
  }

  @Test
  void aWorkerThatDiesBeforeTheAnswerHasItsTaskGivenToAnother() {
    dispatcher.workerGone("w1");
    port.answers.get(0).refused(null);

    int last = port.written.size() - 1;
    assertThat(port.paths(last)).containsExactly("/tasks/t1/result", "/assign/w1/t1");
  }
}
