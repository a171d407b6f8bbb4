package io.paddock.server;

import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import io.paddock.config.FirstMember;
import io.paddock.config.MembershipConfig;
import io.paddock.machine.Guard;
import io.paddock.machine.StartException;
import io.paddock.peers.BindAddresses;
import io.paddock.peers.Roster;
import io.paddock.replica.RoleListener;
import io.paddock.replica.Submission;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.InvalidConfigException;
import io.paddock.zab.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a running server that stands alone the first member of an ensemble, by a reconfig that
 * names its own server line and no other. Its clients stay connected; their requests wait while
 * that is done, for some tenths of a second:
 *
 * <pre>
 * in the core's loop    the request is judged; it and what comes after it is held
 * helper thread         the ports are tried, the files prepared
 * in the core's loop    what is under way is committed; then time stands still for the replica
 * journal thread        the epoch files
 * in the core's loop    the member's replica is made, on the same tree and feed
 * helper thread         the election port is opened, zoo.cfg replaced: a restart is the member now
 * in the core's loop    the replicas are exchanged; it elects itself, leads a new epoch
 * in the core's loop    what was held goes on, the reconfig first, which is an ordinary one now
 * </pre>
 *
 * Whatever goes wrong before zoo.cfg is replaced, the server stays alone and the reconfig is
 * refused; the log says why.
 */
final class Growth {
  private static final Logger LOG = LoggerFactory.getLogger(Growth.class);

  /** The server that grows. */
  interface Owner {
    /** Who lets clients in and out from now on. */
    RoleListener roles(MembershipConfig membership);

    /** Called in the core's loop, before the member's replica starts. */
    void joined(EnsembleMember member);

    /** Called by the helper thread, with a roster that nobody else knows yet. */
    void listen(Roster roster);

    boolean serves();

    /** Where clients connect without TLS now; -1 when nowhere. Any thread. */
    int clientPort();
  }

  private final FirstMember files;
  private final CoreLoop core;
  private final EnsembleMember.Parts parts;
  private final Executor helper;
  private final Guard guard;
  private final Owner owner;

  /** The core's: it is under way, or done. */
  private boolean begun;

  Growth(
      FirstMember files, CoreLoop core, EnsembleMember.Parts parts, Executor helper, Owner owner) {
    this.files = files;
    this.core = core;
    this.parts = parts;
    this.helper = helper;
    this.guard = core.guard();
    this.owner = owner;
  }

  /**
   * Begins, if that is what a request asks for. Called in the core's loop.
   *
   * @return whether the request is taken care of
   */
  boolean begins(Submission submission) {
    boolean asks =
        submission.kind() == Submission.Kind.WRITE && submission.op().code() == OpCode.RECONFIG;
    if (begun || !asks || core.replica().isDiskFull()) {
      return false;
    }
    EnsembleServer self;
    try {
      self = line((Op.Reconfig) submission.op());
    } catch (InvalidConfigException e) {
      LOG.info(
          "A server alone becomes the first of an ensemble by a reconfig that adds its own line and"
              + " no other, such as reconfig -add server.1=HOST:2888:3888;2181; what is asked for"
              + " is refused: {}",
          e.getMessage());
      return false;
    }
    EnsembleConfig itself = EnsembleConfig.of(List.of(self), 0);
    ErrorCode judged = core.replica().judgeFirst(submission, itself);
    if (judged != ErrorCode.OK) {
      core.replica().refuse(submission, judged);
      return true;
    }
    begun = true;
    LOG.info(
        "This server is to become the first member of an ensemble, by {}",
        itself.text().lines().findFirst().orElseThrow());
    core.hold(submission);
    helper.execute(guard.of(() -> prepare(self)));
    return true;
  }

  /** The one server that is asked for. */
  private static EnsembleServer line(Op.Reconfig op) {
    String lines = op.newMembers() != null ? op.newMembers() : op.joining();
    if (lines == null || op.leaving() != null && !op.leaving().isBlank()) {
      throw new InvalidConfigException("it takes servers away");
    }
    List<EnsembleServer> servers =
        new ArrayList<>(EnsembleConfig.parse(lines.replace(',', '\n')).servers());
    if (servers.size() != 1 || servers.get(0).observer()) {
      throw new InvalidConfigException(
          servers.size() == 1 ? "an observer cannot be the first" : "these are several servers");
    }
    return servers.get(0);
  }

  /** By the helper thread. */
  private void prepare(EnsembleServer self) {
    try {
      MembershipConfig membership = files.prepare(self);
      tryPorts(membership, self);
      core.later(() -> core.whenQuiet(() -> saveEpochs(membership)));
    } catch (IOException | ConfigException e) {
      giveUp(e);
    }
  }

  private void tryPorts(MembershipConfig membership, EnsembleServer self) throws ConfigException {
    List<InetSocketAddress> places = new ArrayList<>();
    places.addAll(BindAddresses.of(membership, self, EnsembleServer.Address::quorumPort));
    places.addAll(BindAddresses.of(membership, self, EnsembleServer.Address::electionPort));
    if (self.clientHost() != null) {
      // At the port of now this server itself listens: there the address alone can be tried.
      int port = self.clientPort() == owner.clientPort() ? 0 : self.clientPort();
      places.add(InetSocketAddress.createUnresolved(self.clientHost(), port));
    }
    for (InetSocketAddress place : places) {
      try (ServerSocket tried = new ServerSocket()) {
        tried.setReuseAddress(true);
        tried.bind(
            place.isUnresolved()
                ? new InetSocketAddress(
                    InetAddress.getByName(place.getHostString()), place.getPort())
                : place);
      } catch (IOException e) {
        throw new ConfigException(
            place.getHostString()
                + ":"
                + place.getPort()
                + " cannot be bound: "
                + CauseWords.of(e)
                + ". "
                + BindAddresses.REMEDY);
      }
    }
  }

  /** In the core's loop, with nothing outstanding. */
  private void saveEpochs(MembershipConfig membership) {
    long last = core.replica().logged().zxid();
    parts
        .journalThread()
        .between(
            () -> {
              try {
                DurableState durable = EnsembleMember.durable(parts.journal(), last, List.of());
                core.later(() -> becomeMember(membership, durable));
              } catch (IOException e) {
                helper.execute(guard.of(() -> giveUp(e)));
              }
            });
  }

  private void becomeMember(MembershipConfig membership, DurableState durable) {
    Roster roster = new Roster(membership);
    RoleListener roles = owner.roles(membership);
    EnsembleMember member =
        EnsembleMember.take(
            roster,
            parts,
            durable,
            core.replica(),
            new RoleListener() {
              private boolean served;

              @Override
              public void became(Role role) {
                roles.became(role);
                if (!served && role == Role.LEADING) {
                  served = true;
                  core.later(core::release);
                }
              }

              @Override
              public void holds() {
                roles.holds();
              }

              @Override
              public void readOnly(boolean begins) {
                roles.readOnly(begins);
              }
            });
    helper.execute(guard.of(() -> open(roster, member)));
  }

  /** By the helper thread. */
  private void open(Roster roster, EnsembleMember member) {
    try {
      member.open(owner::serves);
      member.awaitOpen();
      files.finish();
    } catch (StartException | IOException e) {
      member.close();
      giveUp(e);
      return;
    }
    owner.listen(roster);
    core.later(
        () -> {
          owner.joined(member);
          core.exchange(member.replica());
        });
  }

  /** By the helper thread: the server stays alone. */
  private void giveUp(Exception why) {
    LOG.error("This server stays alone: {}", CauseWords.of(why));
    try {
      files.abandon();
    } catch (IOException e) {
      LOG.warn("What was prepared could not be removed: {}", CauseWords.of(e));
    }
    core.later(
        () -> {
          begun = false;
          core.replica().refuse(core.takeFirst(), ErrorCode.NEWCONFIGNOQUORUM);
          core.release();
        });
  }
}
