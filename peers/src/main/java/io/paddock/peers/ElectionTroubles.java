package io.paddock.peers;

import io.paddock.machine.ForeignProtocol;
import io.paddock.machine.OwnAddresses;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Notification;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What keeps servers from electing a leader together, told by cause: who is not there, who is
 * somebody else, and who speaks something else. Used by the core's thread.
 */
final class ElectionTroubles {
  /** So many channels in a row without a word are no accident any more. */
  private static final int SILENCES = 3;

  private static final long CALL_BACK_MS = 5000;

  /** Servers are rarely started in the same second. */
  private static final long START_MS = 3000;

  private final Roster roster;
  private final PeerNet net;
  private final PeerTroubles troubles;
  private final AddressBook book;
  private final Map<Long, Contact> contacts = new HashMap<>();

  /** What is known of the talk with one peer. */
  private static final class Contact {
    /** Channels that ended without a word, and calls that were not returned, in a row. */
    int silences;

    long firstSilenceMs;

    /** Where it called from last, and where before. */
    String from;

    String fromBefore;
    Notification lastHeard;
    boolean isThere;
  }

  ElectionTroubles(Roster roster, PeerNet net) {
    this.roster = roster;
    this.net = net;
    this.troubles = net.troubles();
    this.book = new AddressBook(roster, net);
  }

  private Contact contact(long sid) {
    return contacts.computeIfAbsent(sid, key -> new Contact());
  }

  private static String subject(long sid) {
    return "election " + sid;
  }

  /** In the words of Apache's server, which people know and search for. */
  private static String name(long sid, String host, int port) {
    return "Cannot open channel to " + sid + " at election address " + host + ":" + port;
  }

  private String name(long sid) {
    List<EnsembleServer.Address> places = roster.places(sid);
    if (places.isEmpty()) {
      return "Cannot talk to server " + sid + ", which has no server line here";
    }
    EnsembleServer.Address address = places.get(0);
    return name(sid, address.host(), address.electionPort());
  }

  /** A dial has failed. */
  void notReached(long sid, String host, int port, Throwable failure) {
    DialCause cause = DialCause.of(host, failure, "server." + sid);
    contact(sid).isThere = false;
    troubles.failed(subject(sid), name(sid, host, port), cause.words(), cause.inFull(), START_MS);
  }

  /** A channel broke because of its TLS, after its handshake seemed to be done. */
  void tlsBroke(long sid, Throwable failure) {
    DialCause cause = DialCause.of("", new TlsDialer.FailedException(failure), "server." + sid);
    contact(sid).isThere = false;
    troubles.failed(subject(sid), name(sid), cause.words(), cause.inFull(), START_MS);
  }

  /** A channel that was dialled has been closed by the peer before it said anything. */
  void hungUp(long sid) {
    if (isTooSilent(contact(sid), 0)) {
      troubles.failed(
          subject(sid),
          name(sid),
          "hangs up",
          "somebody answers there and hangs up: its file myid does not say "
              + sid
              + ", it takes TLS only (sslQuorum is set there and not here), or that is not the"
              + " election port; ./paddock doctor tells which");
    }
  }

  /** A peer with a larger id was called, so that it calls back. */
  void called(long sid) {
    if (isTooSilent(contact(sid), CALL_BACK_MS)) {
      EnsembleServer.Address own = roster.self().addresses().get(0);
      troubles.failed(
          subject(sid),
          name(sid),
          "does not call back",
          "somebody answers there but does not call back: it cannot reach "
              + own.host()
              + ":"
              + own.electionPort()
              + " (a firewall, or another address in its configuration), its file myid does not say "
              + sid
              + ", or that is not the election port; ./paddock doctor tells which");
    }
  }

  private boolean isTooSilent(Contact contact, long forMs) {
    long now = net.nowMs();
    if (contact.silences++ == 0) {
      contact.firstSilenceMs = now;
    }
    return contact.silences >= SILENCES && now - contact.firstSilenceMs >= forMs;
  }

  /** A peer has said something that can be understood. */
  void heard(long sid, Notification notification) {
    Contact contact = contact(sid);
    contact.silences = 0;
    contact.isThere = true;
    contact.lastHeard = notification;
    troubles.mended(subject(sid), "The election channel to server." + sid + " is open");
  }

  void lost(long sid) {
    contact(sid).isThere = false;
  }

  /** Apache's servers close all their channels when the membership changes: that says nothing. */
  void membershipChanged() {
    contacts.values().forEach(contact -> contact.silences = 0);
  }

  /** What came on a channel that was dialled is no election message. */
  void odd(long sid, byte[] bytes, int from, int to) {
    troubles.failed(
        subject(sid),
        name(sid),
        "wrong port",
        "what answers there is no election port but "
            + ForeignProtocol.atPeerPort(bytes, from, to, true)
            + "; correct the second port of the line server."
            + sid);
  }

  /** What a stranger has sent is no handshake. */
  void odd(InetSocketAddress remote, byte[] bytes, int from, int to, String detail) {
    String what =
        detail.startsWith("election protocol version")
            ? detail
                + ": another version than this server knows (ZooKeeper 3.4 to 3.9); upgrade one of the two"
            : ForeignProtocol.atPeerPort(bytes, from, to, true);
    troubles.failed(
        "stranger " + host(remote),
        "What " + host(remote) + " sends to the election port is no ZooKeeper election",
        what,
        what);
  }

  /** Somebody says to be this server. */
  void ownId(InetSocketAddress remote) {
    boolean here = OwnAddresses.has(remote.getAddress());
    troubles.failed(
        "own id",
        "Two servers have the id " + roster.config().myId(),
        host(remote),
        here
            ? "another one calls from this very machine: either two servers run here with the same file myid, or"
                + " the server line of another id leads to this server's own election port"
            : "this one and one at "
                + host(remote)
                + "; correct the file myid of one of them, and restart it");
  }

  /** More servers call that have no line here than there could be. */
  void tooMany(int unknownMax) {
    troubles.failed(
        "unknown servers",
        "Servers that have no server line here call in numbers",
        "too many",
        "there are " + unknownMax + " of them already; the others are turned away");
  }

  /** A server that is no member has gone. */
  void forget(long sid) {
    contacts.remove(sid);
  }

  /** A peer has called and said who it is. */
  void calledBy(long sid, InetSocketAddress remote) {
    Contact contact = contact(sid);
    contact.silences = 0;
    if (sid == ElectionHandshake.ANONYMOUS || sid == ElectionProbe.SID) {
      return;
    }
    if (roster.places(sid).isEmpty()) {
      if (!roster.config().zab().reconfigEnabled()) {
        troubles.failed(
            // Whoever gives itself ever other ids is still one trouble.
            "unknown at " + host(remote),
            "The server at " + host(remote) + " says that it is server " + sid,
            "no line",
            "there is no line server."
                + sid
                + " here: its file myid is wrong, or this configuration is not the same as its own");
      }
      // Else somebody who wants to join, or was removed.
      return;
    }
    String from = host(remote);
    if (!from.equals(contact.from)) {
      if (from.equals(contact.fromBefore)) {
        troubles.failed(
            "twice " + sid,
            "Two servers have the id " + sid,
            "two",
            "one at "
                + from
                + " and one at "
                + contact.from
                + "; correct the file myid of one of them");
      }
      contact.fromBefore = contact.from;
      contact.from = from;
      compare(sid, remote);
    }
  }

  /** Whether the address belongs to the line of another server. */
  private void compare(long sid, InetSocketAddress remote) {
    book.whose(
        remote.getAddress(),
        there -> {
          if (!there.isEmpty() && !there.contains(sid)) {
            tellMisplaced(sid, remote, there.iterator().next());
          }
        });
  }

  private void tellMisplaced(long sid, InetSocketAddress remote, long expected) {
    troubles.failed(
        "misplaced " + sid,
        "The server at " + host(remote) + " says that it is server " + sid,
        "another id",
        "by the server lines that is the machine of server "
            + expected
            + ": correct the file myid there, or the lines here");
  }

  /** How things stand with a voter, in a few words. */
  String standing(long sid) {
    String cause = troubles.cause(subject(sid));
    if (cause != null) {
      return cause;
    }
    Contact contact = contact(sid);
    if (!contact.isThere || contact.lastHeard == null) {
      return "not heard of yet";
    }
    return switch (contact.lastHeard.state()) {
      case LOOKING -> "looking too";
      case LEADING -> "says that it leads";
      case FOLLOWING -> "follows server." + contact.lastHeard.leader();
      case OBSERVING -> "observes";
    };
  }

  /** Whether a voter can be talked to. */
  boolean isThere(long sid) {
    return contact(sid).isThere && troubles.cause(subject(sid)) == null;
  }

  private static String host(InetSocketAddress remote) {
    return remote.getAddress().getHostAddress();
  }
}
