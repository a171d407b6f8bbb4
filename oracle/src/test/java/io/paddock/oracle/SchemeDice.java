package io.paddock.oracle;

import io.paddock.oracle.Op.Acl;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Lists and identities of every scheme there is: digest, ip, x509, sasl, ensemble, super, auth and
 * world, with ids that are right and ids that are not.
 */
final class SchemeDice extends AclDice {
  static final String ALICE = "CN=alice,O=Paddock,C=FI";
  static final String ENSEMBLE = "here";

  private static final List<Acl> RIGHT =
      List.of(
          new Acl(31, "digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY="),
          new Acl(31, "digest", "bob:ttt4KD2l/LR0Mpj5c6jU0hrwVdE="),
          new Acl(31, "ip", "127.0.0.1"),
          new Acl(31, "ip", "127.0.0.0/8"),
          new Acl(31, "ip", "10.0.0.0/8"),
          new Acl(31, "ip", "::1"),
          new Acl(31, "x509", ALICE),
          new Acl(31, "x509", "CN=bob,O=Paddock,C=FI"),
          new Acl(31, "sasl", "bob"),
          new Acl(31, "sasl", "anybody"),
          new Acl(31, "sasl", "eve/host@REALM"),
          new Acl(31, "auth", ""),
          new Acl(31, "auth", "whatever"),
          new Acl(31, "world", "anyone"));

  private static final List<Acl> ODD =
      List.of(
          new Acl(31, "x509", ""),
          new Acl(31, "x509", "no name"),
          new Acl(31, "x509", "C=FI, CN=alice"),
          new Acl(31, "x509", null),
          new Acl(31, "sasl", ""),
          new Acl(31, "sasl", "a/b/c"),
          new Acl(31, "sasl", "a@b@c"),
          new Acl(31, "sasl", null),
          new Acl(31, "ip", "127.0.0.1/33"),
          new Acl(31, "ip", "127.0.0.1,10.0.0.1"),
          new Acl(31, "digest", "alice"),
          new Acl(31, "ensemble", ENSEMBLE),
          new Acl(31, "super", ""),
          new Acl(31, "SASL", "bob"),
          new Acl(31, "auth", null));

  private static final List<Op> LOGINS =
      List.of(
          Op.auth("digest", ServerSpec.SUPER_AUTH),
          Op.auth("digest", "super:wrong"),
          Op.auth("digest", "alice:s3cret"),
          Op.auth("digest", "alice:s3cret"),
          Op.auth("digest", "bob:x"),
          Op.auth("ip", ""),
          Op.auth("ip", "10.0.0.1"),
          Op.auth("x509", ""),
          Op.auth("x509", SchemeDice.ALICE),
          Op.auth("ensemble", ENSEMBLE),
          Op.auth("ensemble", "elsewhere"),
          Op.auth("ensemble", ""),
          Op.auth("sasl", "bob"),
          Op.auth("world", "anyone"),
          Op.auth("super", ""),
          Op.auth("auth", ""));

  private final Random random;

  SchemeDice(Random random) {
    super(random, false, true);
    this.random = random;
  }

  /** Most of those that a server refuses end the connection, so they are seldom. */
  @Override
  Op auth() {
    return LOGINS.get(random.nextInt(random.nextInt(4) > 0 ? 6 : LOGINS.size()));
  }

  @Override
  List<Acl> list() {
    List<Acl> list = new ArrayList<>();
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      List<Acl> from = random.nextInt(10) == 0 ? ODD : RIGHT;
      Acl entry = from.get(random.nextInt(from.size()));
      boolean some = entry.scheme().equals("world") || random.nextInt(3) == 0;
      list.add(some ? new Acl(random.nextInt(32), entry.scheme(), entry.id()) : entry);
    }
    return list;
  }

  /** What the super user alone may ask for; a server alone has nobody to remove or to add. */
  Op reconfig() {
    return Op.reconfig(
        null,
        random.nextBoolean() ? "1" : null,
        random.nextInt(3) == 0 ? "server.1=a:1:2;3" : null,
        random.nextInt(3) - 1);
  }
}
