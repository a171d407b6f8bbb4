package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Operations on a few paths, so that they meet. */
final class RandomOps {
  private static final String[] NAMES = {"a", "b", "ä", "long-name-0123456789", "n"};

  private final Random random;
  private final int names;
  private final List<Acl> otherAcl;

  /**
   * @param names how many numbered names there are beside the fixed ones
   */
  RandomOps(Random random, int names, List<Acl> otherAcl) {
    this.random = random;
    this.names = names;
    this.otherAcl = otherAcl;
  }

  Op next() {
    if (random.nextInt(12) == 0) {
      List<Op> ops = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        ops.add(one(true));
      }
      return new Op.Multi(ops);
    }
    return one(false);
  }

  private Op one(boolean inMulti) {
    int kind = random.nextInt(100);
    if (kind < 50) {
      return create();
    }
    if (kind < 75) {
      return new Op.Delete(path(), version());
    }
    if (kind < 92) {
      return new Op.SetData(path(), data(), version());
    }
    if (inMulti) {
      return new Op.Check(path(), version());
    }
    return new Op.SetAcl(path(), acl(), version());
  }

  private Op create() {
    int kind = random.nextInt(10);
    if (kind == 0) {
      return new Op.Create(OpCode.CREATE_CONTAINER, path(), data(), acl(), 4, -1);
    }
    if (kind == 1) {
      long ttlMs = 1 + random.nextInt(1000);
      return new Op.Create(OpCode.CREATE_TTL, path(), data(), acl(), 5 + random.nextInt(2), ttlMs);
    }
    OpCode code = kind < 5 ? OpCode.CREATE : OpCode.CREATE2;
    return new Op.Create(code, path(), data(), acl(), random.nextInt(4), -1);
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
      int name = random.nextInt(NAMES.length + names);
      path.append('/').append(name < NAMES.length ? NAMES[name] : "k" + name);
    }
    return path.toString();
  }

  private byte[] data() {
    int kind = random.nextInt(8);
    if (kind == 0) {
      return null;
    }
    byte[] data = new byte[kind == 1 ? 0 : random.nextInt(40)];
    random.nextBytes(data);
    return data;
  }

  private List<Acl> acl() {
    return random.nextInt(6) == 0 ? otherAcl : Acl.OPEN;
  }

  private int version() {
    return random.nextInt(3) > 0 ? -1 : random.nextInt(3);
  }
}
