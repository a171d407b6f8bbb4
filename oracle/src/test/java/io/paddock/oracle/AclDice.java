package io.paddock.oracle;

import io.paddock.oracle.Op.Acl;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Throws lists of who may do what, and identities that they name. Some lists are malformed. */
class AclDice {
  private static final Acl ANYONE = new Acl(31, "world", "anyone");
  private static final Acl ALICE = new Acl(31, "digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY=");
  private static final Acl BOB = new Acl(31, "digest", "bob:ttt4KD2l/LR0Mpj5c6jU0hrwVdE=");
  private static final Acl HERE = new Acl(31, "ip", "127.0.0.0/8");
  private static final Acl ELSEWHERE = new Acl(31, "ip", "10.0.0.0/8");
  private static final Acl MINE = new Acl(31, "auth", "");

  private final Random random;
  private final boolean withLuck;
  private final boolean rich;

  /**
   * @param withLuck also what Apache trips over
   * @param rich mostly right lists that let some in and others not
   */
  AclDice(Random random, boolean withLuck, boolean rich) {
    this.random = random;
    this.withLuck = withLuck;
    this.rich = rich;
  }

  Op auth() {
    int face = random.nextInt(20);
    if (face < 6) {
      return Op.auth("digest", ServerSpec.SUPER_AUTH);
    }
    return face < 7
        ? Op.auth("ip", "")
        : Op.auth("digest", pick(List.of("alice:s3cret", "bob:x", "alice:other")));
  }

  List<Acl> list() {
    return rich && random.nextInt(10) > 0 ? mixture() : any();
  }

  /** One to three entries, each with all rights or with some. */
  private List<Acl> mixture() {
    List<Acl> list = new ArrayList<>();
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      Acl entry = pick(List.of(ALICE, ALICE, BOB, ANYONE, HERE, ELSEWHERE, MINE));
      boolean some = entry == ANYONE || random.nextInt(3) == 0;
      list.add(some ? new Acl(random.nextInt(32), entry.scheme(), entry.id()) : entry);
    }
    return list;
  }

  private List<Acl> any() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> List.of(new Acl(1, "world", "anyone"), MINE);
      case 3, 4 -> List.of(new Acl(31, "auth", null));
      case 5, 6 -> List.of(ALICE, new Acl(1, "world", "anyone"));
      case 7 -> List.of(ALICE);
      case 8 -> List.of(new Acl(31, "ip", pick(List.of("127.0.0.1", "10.0.0.0/8", "127.0.0.0/8"))));
      case 9 -> List.of(new Acl(31, "ip", pick(List.of("localhost", "1.2.3", "10.0.0.0/99", ""))));
      case 10 -> List.of();
      case 11 -> null;
      case 12 -> List.of(ANYONE, ANYONE, ALICE, ALICE);
      case 13 -> List.of(new Acl(31, "world", pick(List.of("someone", "", "Anyone"))));
      case 14 -> List.of(new Acl(31, "digest", pick(List.of("u:", "a:b:c", "u", ":", ""))));
      case 15 -> List.of(new Acl(31, pick(List.of("nobody", "super", "sasl", "x509")), "x"));
      case 16 -> List.of(new Acl(pick(List.of(0, 64, -1, 1 << 30)), "world", "anyone"));
      case 17 -> List.of(new Acl(31, null, "anyone"), ANYONE);
      case 18 -> List.of(new Acl(31, "world", withLuck ? null : "nobody"));
      default -> List.of(new Acl(1 + random.nextInt(31), "world", "anyone"));
    };
  }

  private <T> T pick(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }
}
