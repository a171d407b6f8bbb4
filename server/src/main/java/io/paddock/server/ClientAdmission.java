package io.paddock.server;

import io.paddock.config.MembershipConfig;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import io.paddock.operators.ServerMode;
import io.paddock.replica.RoleListener;
import io.paddock.replica.Service;
import io.paddock.zab.Role;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients in as a member's role comes, and cuts them as it goes. Called in the core's loop.
 */
final class ClientAdmission implements RoleListener {
  private static final Logger LOG = LoggerFactory.getLogger(ClientAdmission.class);

  private final boolean leaderServes;
  private final CoreLoop core;
  private final LiveStatus status;
  private final List<ClientLoop> clientLoops;

  private final ServerMetrics metrics;

  /** Since when clients are held; 0 while they are not. */
  private long heldSinceNanos;

  ClientAdmission(
      MembershipConfig membership,
      CoreLoop core,
      LiveStatus status,
      List<ClientLoop> clientLoops,
      ServerMetrics metrics) {
    this.metrics = metrics;
    this.leaderServes = membership.leaderServes();
    this.core = core;
    this.status = status;
    this.clientLoops = clientLoops;
  }

  @Override
  public void became(Role role) {
    boolean turnsAway = role == Role.LEADING && !leaderServes;
    admit(
        role == Role.LOOKING || turnsAway ? Service.NONE : Service.FULL, EnsembleMember.mode(role));
    status.serving(role != Role.LOOKING);
    if (role != Role.LOOKING) {
      goOn();
    }
  }

  /** Clients stay; others are turned away until there is a leader. */
  @Override
  public void holds() {
    core.service(Service.NONE);
    status.serving(false);
    heldSinceNanos = System.nanoTime();
    clientLoops.forEach(loop -> loop.loop().execute(loop::holdClients));
  }

  /** Each loop goes on where it stood; the last one tells of them all. */
  private void goOn() {
    if (heldSinceNanos == 0) {
      return;
    }
    long ms = (System.nanoTime() - heldSinceNanos) / 1_000_000;
    heldSinceNanos = 0;
    metrics.count(EventCounter.CONNECTIONS_HELD_MS, ms);
    AtomicInteger loops = new AtomicInteger(clientLoops.size());
    AtomicInteger kept = new AtomicInteger();
    AtomicInteger cut = new AtomicInteger();
    for (ClientLoop loop : clientLoops) {
      loop.loop()
          .execute(
              () -> {
                int cutHere = loop.goOnWithClients();
                cut.addAndGet(cutHere);
                kept.addAndGet(loop.view().sessionCount());
                if (loops.decrementAndGet() == 0) {
                  LOG.info(
                      "After {} ms without a leader: {} clients go on where they stood, {} were cut"
                          + " because they would not have waited or what they missed is not known",
                      ms,
                      kept,
                      cut);
                }
              });
    }
  }

  @Override
  public void readOnly(boolean begins) {
    admit(begins ? Service.READ_ONLY : Service.NONE, ServerMode.READ_ONLY);
    status.serving(begins);
    goOn();
  }

  private void admit(Service service, ServerMode mode) {
    core.service(service);
    status.mode(mode);
    if (service == Service.NONE) {
      clientLoops.forEach(loop -> loop.loop().execute(loop::cutClients));
    }
  }
}
