package io.paddock.doctor;

import io.paddock.config.ConfigException;
import io.paddock.config.MembershipConfig;
import io.paddock.config.ZooCfg;
import io.paddock.machine.Descriptors;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Examines a configuration, what it names on this machine, and the peers it names, and changes
 * nothing: directories, files, ports, addresses, and of every other server the election port, the
 * quorum port and the client port.
 */
public final class Doctor {
  private static final String CONFIGURATION = "configuration";
  private static final int TICK_MS_LEAST = 100;
  private static final int TICK_MS_MOST = 10_000;
  private static final long LIMIT_MS_LEAST = 2000;
  private static final long LIMIT_MS_MOST = 600_000;

  private Doctor() {}

  /**
   * Examines; takes some seconds when peers do not answer.
   *
   * @param zooCfg the configuration file
   * @param systemProperties as the server would have them
   * @return at least one line; errors do not stand before what is well, but in the order of the
   *     examination
   */
  public static List<Diagnosis> examine(Path zooCfg, Map<String, String> systemProperties) {
    ZooCfg config;
    try {
      config = ZooCfg.load(zooCfg, systemProperties);
    } catch (ConfigException e) {
      return List.of(
          Diagnosis.error(
              CONFIGURATION, e.getMessage(), "the server does not start before this is corrected"));
    }
    List<Diagnosis> found = new ArrayList<>();
    found.add(Diagnosis.ok(CONFIGURATION, zooCfg + ": " + summary(config)));
    config.warnings().stream()
        .filter(line -> !line.contains(TlsCheck.EXPOSED))
        .forEach(line -> found.add(Diagnosis.warn(CONFIGURATION, line, "see conf/zoo_sample.cfg")));
    TlsCheck.exposed(config, zooCfg).ifPresent(found::add);
    found.addAll(limits(config));
    found.addAll(new DoctorMachine(config, Path.of("/"), Descriptors.openFilesMax()).examine());
    DoctorPorts ports = new DoctorPorts(config);
    boolean runs = ports.serverRuns();
    found.addAll(new DoctorDisk(config, runs).examine());
    List<Diagnosis> tls = TlsCheck.of(config, Clock.systemUTC());
    List<Diagnosis> peers =
        config
            .membership()
            .map(m -> new DoctorPeers(config, m, ports.serverServes()).examine())
            .orElse(List.of());
    found.addAll(onceEach(tls, peers, false));
    found.addAll(ports.examine());
    found.addAll(onceEach(peers, tls, true));
    return found;
  }

  /**
   * What one look at the servers has found, without what the other one tells of the same election
   * port: the graver one counts.
   *
   * @param othersKnowMore whether the others' counts of two that are alike
   */
  static List<Diagnosis> onceEach(
      List<Diagnosis> these, List<Diagnosis> others, boolean othersKnowMore) {
    int graverBy = othersKnowMore ? 0 : 1;
    return these.stream()
        .filter(one -> others.stream().noneMatch(other -> tellsMore(other, one, graverBy)))
        .toList();
  }

  private static boolean tellsMore(Diagnosis other, Diagnosis one, int graverBy) {
    boolean sameTrouble =
        one.level() != Diagnosis.Level.OK
            && other.level() != Diagnosis.Level.OK
            && one.subject().equals(other.subject())
            && one.finding().startsWith(PeerTlsCheck.ELECTION_PORT);
    return sameTrouble && other.level().compareTo(one.level()) >= graverBy;
  }

  private static String summary(ZooCfg config) {
    if (config.membership().isEmpty()) {
      return "a server alone";
    }
    MembershipConfig membership = config.membership().get();
    long observers = membership.ensemble().servers().stream().filter(s -> s.observer()).count();
    int voters = membership.ensemble().quorum().size();
    return "server."
        + membership.myId()
        + (membership.self().observer() ? ", an observer," : "")
        + " of an ensemble of "
        + voters
        + (voters == 1 ? " voter" : " voters")
        + (observers == 0
            ? ""
            : " and " + observers + (observers == 1 ? " observer" : " observers"));
  }

  private static List<Diagnosis> limits(ZooCfg config) {
    List<Diagnosis> found = new ArrayList<>();
    int tick = config.session().tickTimeMs();
    if (tick < TICK_MS_LEAST || tick > TICK_MS_MOST) {
      found.add(
          Diagnosis.warn(
              "limits",
              "tickTime=" + tick + " ms is unusual",
              "2000 ms is usual: sessions may time out between 2 and 20 ticks"));
    }
    config
        .membership()
        .ifPresent(
            membership -> {
              limit(found, "initLimit", membership.zab().initLimit(), tick);
              limit(found, "syncLimit", membership.zab().syncLimit(), tick);
            });
    if (found.isEmpty()) {
      found.add(
          Diagnosis.ok(
              "limits",
              "tickTime "
                  + tick
                  + " ms, sessions from "
                  + config.session().minTimeoutMs()
                  + " to "
                  + config.session().maxTimeoutMs()
                  + " ms"));
    }
    return found;
  }

  private static void limit(List<Diagnosis> found, String key, int ticks, int tickMs) {
    long ms = (long) ticks * tickMs;
    if (ms < LIMIT_MS_LEAST) {
      found.add(
          Diagnosis.warn(
              "limits",
              key + "=" + ticks + " ticks are " + ms + " ms",
              "a pause of that length costs the leader its followers; take more ticks"));
    } else if (ms > LIMIT_MS_MOST) {
      found.add(
          Diagnosis.warn(
              "limits",
              key + "=" + ticks + " ticks are " + ms / 1000 + " s",
              "so long nobody notices that a server is gone; take fewer ticks"));
    }
  }
}
