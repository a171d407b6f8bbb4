package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * The one transaction that ends an attempt, whoever makes it.
 *
 * <p>The assignment goes last, so that whoever watches has heard of the status by then.
 */
final class Ending {
  private Ending() {}

  /**
   * The operations.
   *
   * @param fence the version of the result that the attempt was given; -1 when there was none
   * @param worker whose assignment goes with it; null for none
   */
  static List<Op> of(String task, int fence, TaskResult result, String worker) {
    List<Op> ops = new ArrayList<>();
    ops.add(
        fence < 0
            ? create(Layout.result(task), result.bytes())
            : Op.setData(Layout.result(task), result.bytes(), fence));
    if (result.status() != null) {
      byte[] word = result.status().getBytes(StandardCharsets.UTF_8);
      ops.add(create(Layout.status(task), word));
      if (TaskStatus.of(result.status()).dead()) {
        ops.add(create(Layout.dead(task), word));
      }
    }
    if (worker != null) {
      ops.add(Op.delete(Layout.assignment(worker, task), -1));
    }
    return ops;
  }

  static Op create(String path, byte[] data) {
    return Op.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
  }
}
