package io.paddock.zab;

/**
 * What must hold of one server between any two inputs, as far as looking costs nothing: it is
 * looked at after each, in production too. Confined to the thread of its {@link Zab}. What must
 * hold between servers, {@link ZabInvariants} check, for simulators.
 *
 * <pre>
 * currentEpoch ≤ acceptedEpoch, and neither falls
 * settled ≤ logged, durable ≤ logged, and published never falls
 * a leader: committed ≤ proposed = logged, and in its epoch; a quorum has what it commits
 * </pre>
 */
final class OwnInvariants {
  private long acceptedEpoch;
  private long currentEpoch;
  private long published;

  /**
   * Looks.
   *
   * @throws IllegalStateException that says what is broken
   */
  void check(Zab zab, MemberState self) {
    long accepted = self.acceptedEpoch();
    long current = self.currentEpoch();
    if (current > accepted || accepted < acceptedEpoch || current < currentEpoch) {
      throw broken(
          self,
          "epochs " + accepted + "/" + current + " after " + acceptedEpoch + "/" + currentEpoch);
    }
    acceptedEpoch = accepted;
    currentEpoch = current;
    History history = self.history;
    if (history.durable() > history.logged()
        || history.settled() > history.logged()
        || history.published() < published) {
      throw broken(
          self,
          "its history is " + history + ", and up to " + Zxid.text(published) + " was published");
    }
    published = history.published();
    if (zab.canPropose()) {
      checkLeader(zab, self);
    }
  }

  private static void checkLeader(Zab zab, MemberState self) {
    long proposed = zab.lastProposed();
    boolean inEpoch = self.alone || Zxid.epoch(proposed) == self.currentEpoch();
    boolean whole = proposed == self.history.logged() || Zxid.counter(proposed) == 0;
    if (!inEpoch || !whole || zab.lastCommitted() > proposed) {
      throw broken(
          self,
          "as leader of epoch "
              + self.currentEpoch()
              + " it has proposed up to "
              + Zxid.text(proposed)
              + ", committed "
              + Zxid.text(zab.lastCommitted())
              + " and logged "
              + Zxid.text(self.history.logged()));
    }
  }

  private static IllegalStateException broken(MemberState self, String what) {
    return new IllegalStateException("an invariant of server " + self.id + " is broken: " + what);
  }
}
