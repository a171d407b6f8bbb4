package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.FeedItem;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What of the feed comes into the audit log, and how it reads there (operations sheet, section 1).
 * The tabs are shown as blanks, and what is the same in all lines of a client is left out.
 */
class AuditTrailTest {
  private final World world = new World();
  private final AuditTrail trail = new AuditTrail("zookeeper");
  private FeedItem seen = world.last();

  /** The lines of what has happened since the last look. */
  private List<String> lines() {
    world.settle();
    List<AuditEvent> events = new ArrayList<>();
    while (seen.next() != null) {
      seen = seen.next();
      trail.tell(seen, events::add);
    }
    return events.stream().map(event -> event.line().replace('\t', ' ')).toList();
  }

  /** The same without who it was, which must be {@code client} from everywhere. */
  private List<String> linesOf(Client client) {
    String who =
        "session=0x%x user=10.0.0.7 ip=10.0.0.7 operation=".formatted(client.session.sessionId());
    List<String> all = lines();
    assertThat(all).allMatch(line -> line.startsWith(who));
    return all.stream().map(line -> line.substring(who.length())).toList();
  }

  @Test
  void everyWriteOfAClientIsALineWithWhatBecameOfIt() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "x").create(2, "/a", "x").create(3, "/a/s-", "", 2, Acl.OPEN);
    ann.send(4, new Op.Create(OpCode.CREATE_CONTAINER, "/c", null, Acl.OPEN, 4, -1));
    ann.set(5, "/a", "y").set(6, "/no", "y").delete(7, "/c").delete(8, "/c");
    ann.send(9, new Op.Reconfig("server.9=h:1:2", null, null, -1));
    assertThat(linesOf(ann))
        .containsExactly(
            "create znode=/a znode_type=persistent result=success",
            "create znode=/a znode_type=persistent result=failure",
            "create znode=/a/s-0000000000 znode_type=persistent_sequential result=success",
            "create znode=/c znode_type=container result=success",
            "setData znode=/a result=success",
            "setData znode=/no result=failure",
            "delete znode=/c result=success",
            "delete znode=/c result=failure",
            "reconfig result=failure");
  }

  @Test
  void whatChangesNothingIsNoLine() {
    Client ann = world.connect("ann");
    ann.get(1, "/", true).ping().send(2, OpCode.SYNC, body -> body.writeString("/"));
    ann.send(3, OpCode.CREATE, body -> body.writeByte(1));
    world.connect("bob").closeSession(1);
    assertThat(lines()).isEmpty();
  }

  @Test
  void aListOfRightsIsWrittenAsItWasAsked() {
    Client ann = world.connect("ann").create(1, "/a", "");
    lines();
    List<Acl> acl =
        List.of(
            new Acl(Acl.READ | Acl.ADMIN, new Id("world", "anyone")),
            new Acl(Acl.CREATE | Acl.DELETE | Acl.WRITE, new Id("digest", "bob:x=")));
    ann.send(2, new Op.SetAcl("/a", acl, -1)).send(3, new Op.SetAcl("/no", List.of(), -1));
    assertThat(linesOf(ann))
        .containsExactly(
            "setAcl znode=/a acl=world:anyone:radigest:bob:x=:cdw result=success",
            "setAcl znode=/no acl= result=failure");
  }

  @Test
  void aMultiIsALineForEachPartOrOneThatItFailed() {
    Client ann = world.connect("ann").create(1, "/a", "");
    lines();
    Op.Create made = new Op.Create(OpCode.CREATE, "/m", null, Acl.OPEN, 0, -1);
    Op.Create counted = new Op.Create(OpCode.CREATE2, "/n-", null, Acl.OPEN, 2, -1);
    Op.SetData set = new Op.SetData("/m", new byte[1], -1);
    ann.send(2, new Op.Multi(List.of(made, new Op.Check("/a", 0), counted, set)));
    ann.send(3, new Op.Multi(List.of(new Op.Delete("/m", -1), new Op.Delete("/no", -1))));
    ann.send(4, OpCode.MULTI, body -> body.writeByte(1));
    ann.send(5, new Op.Multi(List.of()));
    assertThat(linesOf(ann))
        .containsExactly(
            "create znode=/m znode_type=persistent result=success",
            "create znode=/n-0000000002 result=success",
            "setData znode=/m result=success",
            "multiOperation result=failure",
            "multiOperation result=failure");
  }

  @Test
  void ephemeralsThatGoWithTheirSessionAreTheServersDoing() {
    Client ann = world.connect("ann");
    ann.create(1, "/e", "", 1, Acl.OPEN).settle().closeSession(2);
    assertThat(lines())
        .last()
        .isEqualTo(
            "session=0x%x user=zookeeper operation=ephemeralZNodeDeletionOnSessionCloseOrExpire znode=/e result=success"
                .formatted(ann.session.sessionId()));
  }

  @Test
  void usersAreNamedAndSecretsAreNot() {
    Client ann = world.connect("ann");
    ann.auth(1, "digest", "ann:secret").auth(2, "digest", "super:paddock").create(3, "/a", "");
    assertThat(lines())
        .containsExactly(
            "session=0x%x user=10.0.0.7,ann,super ip=10.0.0.7 operation=create znode=/a znode_type=persistent result=success"
                .formatted(ann.session.sessionId()));
  }

  @Test
  void noNameForgesAPairOrALine() {
    Client ann = world.connect("ann");
    ann.create(1, "/a\tresult=success\nsession=0x1\u0001", "");
    assertThat(linesOf(ann))
        .containsExactly(
            "create znode=/aresult=successsession=0x1 znode_type=persistent result=failure");
  }

  @Test
  void whatTheServerAsksOfItselfIsNoLine() {
    Client ann = world.connect("ann");
    ann.send(1, new Op.Create(OpCode.CREATE_CONTAINER, "/c", null, Acl.OPEN, 4, -1));
    ann.create(2, "/c/x", "").delete(3, "/c/x").settle();
    lines();
    world.passMs(120_000);
    assertThat(world.last().tree().find("/c")).as("the reaper has been here").isNull();
    assertThat(lines()).isEmpty();
  }
}
