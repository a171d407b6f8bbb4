package io.paddock.sim;

/**
 * Bugs that can be planted, to see that a run finds them. They sit in what the simulator puts
 * around the shipping code: its disks, its connections, its frames.
 */
enum Canary {
  /** No bug but those there are. */
  NONE("no planted bug"),
  ACKNOWLEDGE_BEFORE_FORCE("a disk says that transactions are durable before they are forced"),
  COMMIT_WITHOUT_QUORUM("a leader hears an ACK from each follower as soon as it has proposed"),
  EPOCH_SAVED_AFTER_ITS_ACK("a disk says that an epoch is saved before it is"),
  VOTE_FOR_A_SHORTER_LOG("votes tell of long logs as short ones, and of short as long"),
  SYNC_OF_A_DEPOSED_LEADER(
      "a leader that wakes answers syncs without asking whether it still leads"),
  APPLY_ON_PROPOSAL("a follower takes every proposal for decided"),
  EVENT_AFTER_STATE("a server sends a watch event behind the next reply"),
  READ_PAST_A_LATER_WRITE("a server answers a read after the write that was sent behind it"),
  LOST_TRUNC("a follower keeps what its leader tells it to cut"),
  STALE_OWN_READ("a server answers a read before the write that was sent ahead of it"),
  LOST_EVENT("a server loses a watch event now and then"),
  COMMITTED_WRITE_ASKED_AGAIN(
      "a server asks its new leader for a write again that its history has"),
  RESUMED_OUT_OF_ORDER("a server asks its new leader for a session's writes in another order"),
  WATCH_FORGOTTEN_AT_RESUME("a server forgets a watch when it goes on with another leader"),
  UNTOLD_MOVE(
      "a leader says that it logs the moves of sessions, and does not: clients go on who are gone");

  private final String what;

  Canary(String what) {
    this.what = what;
  }

  /** The bug in words. */
  String what() {
    return what;
  }

  /** The name on the command line. */
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
