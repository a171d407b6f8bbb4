package io.paddock.peers;

import io.paddock.config.ConfigFiles;
import io.paddock.config.MembershipConfig;
import io.paddock.replica.Membership;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to the ensemble and where each is to be found, as of the configuration in force and
 * of the one that is proposed; kept in {@link ConfigFiles} where there is a zoo.cfg. Used by the
 * core's thread.
 */
public final class Roster implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

  /** Who has to do something about a change. */
  public interface Listener {
    /** A configuration is proposed, or not proposed any more. */
    default void proposed() {}

    /**
     * A configuration has come into force.
     *
     * @param before this server's line until now
     * @param gone who belonged to the ensemble until now
     */
    default void inForce(EnsembleServer before, Set<Long> gone) {}
  }

  private final MembershipConfig config;
  private final Optional<ConfigFiles> files;
  private final List<Listener> listeners = new ArrayList<>();
  private volatile EnsembleConfig committed;
  private EnsembleConfig lastSeen;
  private EnsembleServer self;

  /** Whether the ensemble ever told of this server as one of its own. */
  private boolean wasMember;

  public Roster(MembershipConfig config) {
    this.config = config;
    this.committed = config.ensemble();
    this.lastSeen = config.lastSeen();
    this.self = config.self();
    this.wasMember = committed.version() > 0;
    this.files =
        config.zab().reconfigEnabled() ? config.zooCfg().map(ConfigFiles::new) : Optional.empty();
    if (!config.ownFile()) {
      files.ifPresent(ConfigFiles::backUp);
    }
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** What was configured at the start and does not change. */
  public MembershipConfig config() {
    return config;
  }

  /** This server's line; the last one it had when it does not belong to the ensemble any more. */
  public EnsembleServer self() {
    return self;
  }

  /** The lines in force and those proposed. */
  List<EnsembleServer> lines() {
    List<EnsembleServer> lines = new ArrayList<>(committed.servers());
    lines.addAll(lastSeen.servers());
    return lines;
  }

  /** The hosts in them. */
  Set<String> hosts() {
    Set<String> hosts = new TreeSet<>();
    lines().forEach(line -> line.addresses().forEach(place -> hosts.add(place.host())));
    return hosts;
  }

  private Set<Long> known() {
    Set<Long> known = new HashSet<>();
    lines().forEach(line -> known.add(line.sid()));
    return known;
  }

  /**
   * Where a server is, by the configuration in force and the last proposed; none for a stranger.
   */
  List<EnsembleServer.Address> places(long sid) {
    List<EnsembleServer.Address> places = new ArrayList<>();
    for (EnsembleConfig either : List.of(committed, lastSeen)) {
      EnsembleServer line = either.server(sid);
      if (line != null) {
        line.addresses().stream().filter(place -> !places.contains(place)).forEach(places::add);
      }
    }
    return places;
  }

  /** May be called by any thread. */
  @Override
  public EnsembleConfig committed() {
    return committed;
  }

  @Override
  public EnsembleConfig lastSeen() {
    return lastSeen;
  }

  @Override
  public int votersMin() {
    return config.votersMin();
  }

  @Override
  public boolean severalAddresses() {
    return config.severalAddresses();
  }

  @Override
  public void seen(EnsembleConfig proposed) {
    boolean isNew = proposed.version() > committed.version();
    if (isNew) {
      LOG.info("A configuration is proposed: {}", oneLine(proposed));
      files.ifPresent(kept -> kept.saveProposed(proposed));
    } else {
      files.ifPresent(ConfigFiles::dropProposed);
    }
    lastSeen = proposed;
    listeners.forEach(Listener::proposed);
  }

  @Override
  public void committed(EnsembleConfig inForce) {
    LOG.info("A configuration is in force: {}", oneLine(inForce));
    Set<Long> gone = known();
    boolean wasIn = committed.server(config.myId()) != null;
    committed = inForce;
    if (lastSeen.version() < inForce.version()) {
      lastSeen = inForce;
    }
    EnsembleServer before = self;
    EnsembleServer line = inForce.server(config.myId());
    self = line == null ? before : line;
    save(inForce, line);
    gone.removeAll(known());
    if (line == null && (wasIn || !wasMember)) {
      tellStanding();
    }
    listeners.forEach(listener -> listener.inForce(before, gone));
  }

  private void save(EnsembleConfig inForce, EnsembleServer line) {
    boolean noneProposed = lastSeen.version() == inForce.version();
    wasMember |= line != null;
    if (wasMember) {
      boolean saysClientPort = line != null && line.clientHost() != null;
      files.ifPresent(kept -> kept.saveCommitted(inForce, saysClientPort, noneProposed));
    } else if (noneProposed) {
      // A newcomer that is started again joins by the lines it was given: they name it, these do
      // not.
      files.ifPresent(ConfigFiles::dropProposed);
    }
  }

  private void tellStanding() {
    if (wasMember) {
      LOG.warn(
          "Server {} does not belong to the ensemble any more: it goes on serving what it learns, without a vote,"
              + " but cannot be started again; stop it when its clients are gone",
          config.myId());
    } else {
      LOG.info(
          "Server {} does not belong to the ensemble yet: it learns, without a vote; a reconfiguration that adds"
              + " it makes it a member",
          config.myId());
    }
  }

  private static String oneLine(EnsembleConfig config) {
    return config.text().replace("\n", ", ");
  }
}
