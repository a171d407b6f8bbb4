package io.paddock.server;

import io.paddock.config.MembershipConfig;
import io.paddock.operators.ServerMode;
import io.paddock.replica.RoleListener;
import io.paddock.replica.Service;
import io.paddock.zab.Role;
import java.util.List;

/**
 * Lets clients in as a member's role comes, and cuts them as it goes. Called in the core's loop.
 */
final class ClientAdmission implements RoleListener {
  private final boolean leaderServes;
  private final CoreLoop core;
  private final LiveStatus status;
  private final List<ClientLoop> clientLoops;

  ClientAdmission(
      MembershipConfig membership, CoreLoop core, LiveStatus status, List<ClientLoop> clientLoops) {
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
  }

  @Override
  public void readOnly(boolean begins) {
    admit(begins ? Service.READ_ONLY : Service.NONE, ServerMode.READ_ONLY);
    status.serving(begins);
  }

  private void admit(Service service, ServerMode mode) {
    core.service(service);
    status.mode(mode);
    if (service == Service.NONE) {
      clientLoops.forEach(loop -> loop.loop().execute(loop::cutClients));
    }
  }
}
