package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.History.Change;
import io.paddock.oracle.History.Listing;
import io.paddock.oracle.History.Read;
import io.paddock.oracle.History.Sign;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge is judged: histories doctored in every way that it claims to see through. */
class HistoryCheckerTest {
  private static final long ALICE = 0xa;
  private static final long BOB = 0xb;
  private static final int BADVERSION = -103;
  private static final int SYSTEMERROR = -1;

  private final History history = new History();
  private long now;

  /** A write that was answered at once. */
  private void done(long session, long zxid, String value, int version, Change change) {
    int number = begin(session, value, change);
    history.done(number, zxid, List.of(change.path()), List.of(version), ++now);
    history.heard(session, Sign.REPLY, null, zxid);
  }

  private int begin(long session, String value, Change... changes) {
    return history.begin(value, session, List.of(changes), ++now);
  }

  private void multi(long session, long zxid, String value, Change... changes) {
    int number = begin(session, value, changes);
    List<String> paths = new ArrayList<>();
    List<Integer> versions = new ArrayList<>();
    for (Change change : changes) {
      paths.add(change.path());
      versions.add(-1);
    }
    history.done(number, zxid, paths, versions, ++now);
    history.heard(session, Sign.REPLY, null, zxid);
  }

  /** A read of a znode that was created at zxid 1, if that is where it is. */
  private void read(long session, long zxid, String path, String value, long mzxid, int version) {
    read(session, zxid, path, value, path.contains("reg") ? 1 : mzxid, mzxid, version, 0);
  }

  private void read(
      long session,
      long zxid,
      String path,
      String value,
      long czxid,
      long mzxid,
      int version,
      long owner) {
    long invoked = ++now;
    history.read(
        new Read(
            session, path, invoked, ++now, false, zxid, true, value, czxid, mzxid, version, owner));
    history.heard(session, Sign.REPLY, null, zxid);
  }

  private void noNode(long session, long zxid, String path) {
    long invoked = ++now;
    history.read(new Read(session, path, invoked, ++now, false, zxid, false, null, 0, 0, 0, 0));
    history.heard(session, Sign.REPLY, null, zxid);
  }

  private void listed(long session, long zxid, String parent, String... names) {
    long invoked = ++now;
    history.listed(new Listing(session, parent, invoked, ++now, false, zxid, Arrays.asList(names)));
  }

  private void register() {
    done(ALICE, 1, "reg0", 0, Change.create("/reg"));
  }

  private void assertFound(String words) {
    assertThat(HistoryChecker.violations(history.copy()))
        .anySatisfy(violation -> assertThat(violation).contains(words));
  }

  private void assertClean() {
    assertThat(HistoryChecker.violations(history.copy())).isEmpty();
  }

  @Test
  void nothingIsWrongWithATrueHistory() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    history.heard(BOB, Sign.REPLY, null, 2);
    read(BOB, 2, "/reg", "a1", 2, 1);
    history.heard(BOB, Sign.ARMED, "/reg", 2);
    int unheard = begin(ALICE, "a2", Change.set("/reg", -1), Change.create("/m/a2"));
    noNode(BOB, 2, "/m/a2");
    history.heard(BOB, Sign.EVENT, "/reg", 3);
    read(BOB, 3, "/reg", "a2", 3, 2);
    read(BOB, 3, "/m/a2", "a2", 3, 0);
    done(BOB, 4, "b1", 3, Change.set("/reg", 2));
    done(BOB, 5, "b2", 0, Change.ephemeral("/e/b2"));
    listed(ALICE, 5, "/e", "b2");
    history.ended(BOB, 6, ++now);
    listed(ALICE, 6, "/e");
    int refused = begin(ALICE, "a3", Change.set("/reg", 2));
    history.refused(refused, BADVERSION, 7, ++now);
    begin(ALICE, "a4", Change.delete("/m/a2"));
    noNode(ALICE, 9, "/m/a2");
    begin(ALICE, "a5", Change.sequential("/s/a5-"));
    listed(ALICE, 10, "/s", "a5-0000000000");
    assertThat(unheard).isPositive();
    assertClean();
  }

  @Test
  void aLostCreateIsFound() {
    done(ALICE, 1, "a1", 0, Change.create("/c/a1"));
    noNode(BOB, 2, "/c/a1");
    assertFound("/c/a1, created at 1 by a1, is not there at 2");
  }

  @Test
  void aLostCreateIsFoundInAListing() {
    done(ALICE, 1, "a1", 0, Change.create("/c/a1"));
    listed(BOB, 2, "/c");
    assertFound("is not there at 2");
  }

  @Test
  void aLostSetIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    read(BOB, 5, "/reg", "reg0", 1, 0);
    assertFound("was read at 5 as of 1, but was changed at 2");
  }

  @Test
  void aWriteThatWentUnheardIsLostToNobodyOnceItWasSeen() {
    register();
    begin(ALICE, "a1", Change.set("/reg", -1));
    read(BOB, 2, "/reg", "a1", 2, 1);
    read(ALICE, 3, "/reg", "reg0", 1, 0);
    assertFound("was read at 3 as of 1, but was changed at 2");
  }

  @Test
  void aDeletedZnodeThatIsStillThereIsFound() {
    done(ALICE, 1, "a1", 0, Change.create("/c/a1"));
    done(ALICE, 2, "a2", -1, Change.delete("/c/a1"));
    read(BOB, 3, "/c/a1", "a1", 1, 0);
    assertFound("/c/a1 went at 2 and is there at 3");
  }

  @Test
  void aDeleteOfUnknownOutcomeThatIsTakenBackIsFound() {
    done(ALICE, 1, "a1", 0, Change.create("/c/a1"));
    begin(ALICE, "a2", Change.delete("/c/a1"));
    noNode(BOB, 3, "/c/a1");
    assertClean();
    read(BOB, 4, "/c/a1", "a1", 1, 0);
    assertFound("was gone at 3 and is there at 4");
  }

  @Test
  void anInventedValueIsFound() {
    register();
    read(BOB, 2, "/reg", "z9", 2, 1);
    assertFound("holds z9, which nobody wrote");
  }

  @Test
  void anInventedNameIsFound() {
    listed(BOB, 2, "/c", "z9");
    assertFound("/c/z9 is listed, which nobody created");
  }

  @Test
  void aRefusedWriteThatTookEffectIsFound() {
    register();
    int number = begin(ALICE, "a1", Change.set("/reg", -1));
    history.refused(number, SYSTEMERROR, 2, ++now);
    read(BOB, 2, "/reg", "a1", 2, 1);
    assertFound("a1 was refused (-1) and is at /reg");
  }

  @Test
  void aRefusedNameIsFound() {
    int number = begin(ALICE, "a1", Change.create("/c/a1"));
    history.refused(number, SYSTEMERROR, 2, ++now);
    listed(BOB, 2, "/c", "a1");
    assertFound("/c/a1 is listed, but was refused (-1)");
  }

  @Test
  void aValueReadBeforeItWasWrittenIsFound() {
    register();
    read(BOB, 2, "/reg", "a1", 2, 1);
    begin(ALICE, "a1", Change.set("/reg", -1));
    assertFound("a1 was read before it was written");
  }

  @Test
  void aWriteThatTookEffectTwiceIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    read(BOB, 3, "/reg", "a1", 3, 2);
    assertFound("a1 has zxid 2, but /reg holds it since 3");
  }

  @Test
  void aSequentialCreateThatTookEffectTwiceIsFound() {
    begin(ALICE, "a1", Change.sequential("/s/a1-"));
    listed(BOB, 3, "/s", "a1-0000000000", "a1-0000000001");
    assertFound("its write has made something else");
  }

  @Test
  void halfAMultiIsFound() {
    register();
    done(ALICE, 2, "reg1", 0, Change.create("/left"));
    multi(ALICE, 3, "a1", Change.set("/left", -1), Change.create("/m/a1"));
    read(BOB, 3, "/left", "a1", 2, 3, 1, 0);
    assertClean();
    noNode(BOB, 3, "/m/a1");
    assertFound("/m/a1, created at 3 by a1, is not there at 3");
  }

  @Test
  void halfAMultiIsFoundThoughNobodyHeardOfIt() {
    done(ALICE, 2, "l", 0, Change.create("/left"));
    done(ALICE, 3, "r", 0, Change.create("/right"));
    begin(ALICE, "a1", Change.set("/left", -1), Change.set("/right", -1));
    read(BOB, 4, "/left", "a1", 2, 4, 1, 0);
    read(BOB, 4, "/right", "r", 3, 3, 0, 0);
    assertFound("/right was read at 4 as of 3, but was changed at 4");
  }

  @Test
  void writesAgainstTheClockAreFound() {
    register();
    done(ALICE, 5, "a1", 2, Change.set("/reg", -1));
    done(BOB, 4, "b1", 1, Change.set("/reg", -1));
    assertFound("a1 was answered at 5 before b1 was asked for, which has 4");
  }

  @Test
  void aSessionsWritesInTheWrongOrderAreFound() {
    register();
    int first = begin(ALICE, "a1", Change.set("/reg", -1));
    int second = begin(ALICE, "a2", Change.set("/reg", -1));
    history.done(second, 2, List.of("/reg"), List.of(1), ++now);
    history.done(first, 3, List.of("/reg"), List.of(2), ++now);
    assertFound("a1 (3) and then a2 (2)");
  }

  @Test
  void twoWritesWithOneZxidAreFound() {
    done(ALICE, 2, "a1", 0, Change.create("/c/a1"));
    done(BOB, 2, "b1", 0, Change.create("/c/b1"));
    assertFound("a1 and b1 both have zxid 2");
  }

  @Test
  void aVersionThatWasSkippedIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    done(ALICE, 3, "a2", 3, Change.set("/reg", -1));
    assertFound("/reg was changed 1 times more than anybody asked for");
  }

  @Test
  void aVersionThatWasUsedTwiceIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    done(BOB, 3, "b1", 1, Change.set("/reg", -1));
    assertFound("/reg has version 1 at 3, after 1");
  }

  @Test
  void aSetForAnotherVersionThatWasAcceptedIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    done(BOB, 3, "b1", 2, Change.set("/reg", 0));
    assertFound("b1 asked for version 0 and made 2");
  }

  @Test
  void aSetForTheRightVersionThatWasRefusedIsFound() {
    register();
    int number = begin(ALICE, "a1", Change.set("/reg", 0));
    history.refused(number, BADVERSION, 2, ++now);
    assertFound("a1 was refused for its version at 2, which was right");
  }

  @Test
  void aZxidThatFallsInASessionIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    read(ALICE, 1, "/reg", "reg0", 1, 0);
    assertFound("session a: a reply at 1 came after one at 2");
  }

  @Test
  void aReadBehindASyncIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    long invoked = ++now;
    history.read(new Read(BOB, "/reg", invoked, ++now, true, 1, true, "reg0", 1, 1, 0, 0));
    assertFound("/reg was read at 1 after a sync, which came after a1 at 2");
  }

  @Test
  void anEphemeralGoneBeforeItsSessionIsFound() {
    done(ALICE, 1, "a1", 0, Change.ephemeral("/e/a1"));
    noNode(BOB, 2, "/e/a1");
    assertClean();
    done(ALICE, 3, "a2", 0, Change.create("/c/a2"));
    assertFound("/e/a1 is gone at 2, but its session lives at 3");
  }

  @Test
  void anEphemeralThatOutlivesItsClosedSessionIsFound() {
    done(ALICE, 1, "a1", 0, Change.ephemeral("/e/a1"));
    history.ended(ALICE, 2, ++now);
    listed(BOB, 2, "/e", "a1");
    assertFound("/e/a1 went at 2 and is there at 2");
  }

  @Test
  void anEphemeralThatOutlivesItsExpiredSessionIsFound() {
    done(ALICE, 1, "a1", 0, Change.ephemeral("/e/a1"));
    history.ended(ALICE, -1, ++now);
    long invoked = ++now;
    history.listed(new Listing(BOB, "/e", invoked, ++now, true, 2, List.of("a1")));
    assertFound("/e/a1 is there, but its session a was over before");
  }

  @Test
  void anEphemeralThatComesBackIsFound() {
    done(ALICE, 1, "a1", 0, Change.ephemeral("/e/a1"));
    noNode(BOB, 3, "/e/a1");
    read(BOB, 4, "/e/a1", "a1", 1, 1, 0, ALICE);
    assertFound("/e/a1 was gone at 3 and is there at 4");
  }

  @Test
  void anEphemeralOfAnotherSessionIsFound() {
    done(ALICE, 1, "a1", 0, Change.ephemeral("/e/a1"));
    read(BOB, 4, "/e/a1", "a1", 1, 1, 0, BOB);
    assertFound("has another creation or owner");
  }

  @Test
  void aSequenceThatDoesNotGrowIsFound() {
    for (int i = 1; i <= 2; i++) {
      int number = begin(ALICE, "a" + i, Change.sequential("/s/a" + i + "-"));
      history.done(number, i, List.of("/s/a" + i + "-0000000007"), List.of(0), ++now);
    }
    assertFound("came before /s/a2-0000000007 and has no lower number");
  }

  @Test
  void anEventThatComesTooLateIsFound() {
    register();
    read(BOB, 1, "/reg", "reg0", 1, 0);
    history.heard(BOB, Sign.ARMED, "/reg", 1);
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    read(BOB, 2, "/reg", "a1", 2, 1);
    history.heard(BOB, Sign.EVENT, "/reg", 2);
    assertFound("session b: a reply at 2 came before the event of /reg for its change at 2");
  }

  @Test
  void anEventThatNobodyWaitsForIsFound() {
    register();
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    history.heard(BOB, Sign.EVENT, "/reg", 2);
    assertFound("an event of /reg came that nobody waits for");
  }

  @Test
  void anEventWithoutAChangeIsFound() {
    register();
    read(BOB, 1, "/reg", "reg0", 1, 0);
    history.heard(BOB, Sign.ARMED, "/reg", 1);
    history.heard(BOB, Sign.EVENT, "/reg", -1);
    assertFound("an event of /reg came without a change after 1");
  }

  @Test
  void anEventOfALaterChangeIsFound() {
    register();
    read(BOB, 1, "/reg", "reg0", 1, 0);
    history.heard(BOB, Sign.ARMED, "/reg", 1);
    done(ALICE, 2, "a1", 1, Change.set("/reg", -1));
    done(ALICE, 3, "a2", 2, Change.set("/reg", -1));
    history.heard(BOB, Sign.EVENT, "/reg", 3);
    assertFound("an event of /reg at 3 came; the first change after 1 is at 2");
  }
}
