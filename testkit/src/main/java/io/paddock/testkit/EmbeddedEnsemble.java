package io.paddock.testkit;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.machine.StartException;
import io.paddock.operators.ServerMode;
import io.paddock.peers.PeerGate;
import io.paddock.server.PaddockServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * An ensemble in this process, on loopback ports, in temporary folders. Servers are numbered from
 * 1, voters first.
 *
 * <pre>
 *   try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.of(3)) {
 *     var zk = new ZooKeeper(ensemble.connectString(), 10_000, event -> {});
 *     ensemble.stop(ensemble.awaitLeader());   // the others elect a new one
 *     ensemble.cut(1, 2);                      // neither hears of the other, and neither is told
 *     ensemble.healAll();
 *   }
 * </pre>
 *
 * <p>One thread at a time may call its methods.
 */
public final class EmbeddedEnsemble implements AutoCloseable {
  private static final int TICK_MS = 200;
  private static final long AWAIT_SECONDS = 60;

  private final Path folder;
  private final Map<String, String> settings;
  private final List<Member> members = new ArrayList<>();

  /** One server of it, running or not. */
  private static final class Member {
    final int quorumPort;
    final int electionPort;
    final int clientPort;

    /** Stands before the ports of the others, also across restarts. */
    final PeerGate gate = new PeerGate();

    final Set<Integer> cut = new HashSet<>();
    PaddockServer server;

    Member(List<Integer> ports) {
      this.quorumPort = ports.get(0);
      this.electionPort = ports.get(1);
      this.clientPort = ports.get(2);
    }
  }

  private EmbeddedEnsemble(Builder builder) {
    settings = Map.copyOf(builder.settings);
    folder = TemporaryFolder.create("paddock-ensemble-");
    int count = builder.servers + builder.observers;
    try {
      Map<String, String> lines = new LinkedHashMap<>();
      List<Integer> free = FreePorts.take(3 * count);
      for (int i = 1; i <= count; i++) {
        members.add(new Member(free.subList(3 * i - 3, 3 * i)));
        lines.put("server." + i, line(i, i > builder.servers ? "observer" : "participant"));
      }
      for (int i = 1; i <= count; i++) {
        write(i, lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line(int i, String role) {
    return FreePorts.LOOPBACK
        + ":"
        + member(i).quorumPort
        + ":"
        + member(i).electionPort
        + ":"
        + role;
  }

  /** What a user writes: zoo.cfg, which the server may change, and myid. */
  private void write(int i, Map<String, String> lines) throws IOException {
    Path dataDir = Files.createDirectories(dataDir(i));
    Files.writeString(dataDir.resolve("myid"), i + "\n");
    Map<String, String> all = new LinkedHashMap<>();
    all.put("dataDir", dataDir.toString());
    all.put("clientPort", Integer.toString(member(i).clientPort));
    all.putAll(settings);
    all.putAll(lines);
    StringBuilder text = new StringBuilder();
    all.forEach(
        (key, value) ->
            text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
    Files.writeString(config(i), text);
  }

  /** Three servers with short ticks, unless told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts so many voters; a leader may not be there yet. */
  public static EmbeddedEnsemble of(int voters) {
    return builder().servers(voters).start();
  }

  /**
   * Starts voters and, with the numbers behind theirs, observers.
   *
   * @param settings more lines of zoo.cfg, for every server
   */
  public static EmbeddedEnsemble of(int voters, int observers, Map<String, String> settings) {
    Builder builder = builder().servers(voters).observers(observers);
    settings.forEach(builder::set);
    return builder.start();
  }

  private Member member(int i) {
    if (i < 1 || i > members.size()) {
      throw new IllegalArgumentException("there is no server " + i + " of " + members.size());
    }
    return members.get(i - 1);
  }

  /** How many servers it has, running or not. */
  public int size() {
    return members.size();
  }

  /** The client addresses of all servers. */
  public String connectString() {
    return String.join(
        ",", members.stream().map(s -> FreePorts.LOOPBACK + ":" + s.clientPort).toList());
  }

  /** The client address of one server. */
  public String connectString(int i) {
    return FreePorts.LOOPBACK + ":" + member(i).clientPort;
  }

  /** The data directory of one server. */
  public Path dataDir(int i) {
    return folder.resolve("server" + i);
  }

  /** The configuration file of one server. */
  public Path config(int i) {
    return folder.resolve("server" + i + ".cfg");
  }

  /**
   * A server as a reconfiguration names it: {@code server.N=host:port:port:role;host:port}.
   *
   * @param role {@code participant} or {@code observer}
   */
  public String serverLine(int i, String role) {
    return "server." + i + "=" + line(i, role) + ";" + connectString(i);
  }

  /**
   * Starts one more server, which knows the others and learns from them. It belongs to the ensemble
   * only once a reconfiguration says so; the settings must have {@code reconfigEnabled=true}.
   *
   * @return its number
   * @throws IllegalStateException when it cannot start, and says why
   */
  public int join() {
    try {
      members.add(new Member(FreePorts.take(3)));
      Map<String, String> lines = new LinkedHashMap<>();
      for (int i = 1; i <= size(); i++) {
        // Itself as an observer: it elects nobody before the ensemble has told it of its members.
        lines.put("server." + i, line(i, i == size() ? "observer" : "participant"));
      }
      write(size(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    restart(size());
    return size();
  }

  /** The server inside; null while it is stopped. */
  public PaddockServer server(int i) {
    return member(i).server;
  }

  /** Stops a server, if it runs. */
  public void stop(int i) {
    PaddockServer server = member(i).server;
    member(i).server = null;
    if (server != null) {
      server.close();
    }
  }

  /**
   * Starts a server on the same ports and folder, after it was stopped if it runs. It may not serve
   * yet on return: {@link #awaitServing}.
   *
   * @throws IllegalStateException when it cannot start, and says why
   */
  public void restart(int i) {
    stop(i);
    Member member = member(i);
    try {
      ZooCfg config = ZooCfg.load(config(i), Map.of());
      member.server = PaddockServer.start(config, () -> {}, member.gate);
    } catch (ConfigException | StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Cuts the link between two servers, for election and quorum: nothing passes in either direction,
   * and neither is told, as behind a firewall that drops packets. Clients reach both.
   */
  public void cut(int i, int j) {
    link(i, j, true);
  }

  /** Cuts a server off from all others. */
  public void isolate(int i) {
    for (int j = 1; j <= size(); j++) {
      if (j != i) {
        cut(i, j);
      }
    }
  }

  /** Mends the link between two servers; what was on its way arrives. */
  public void heal(int i, int j) {
    link(i, j, false);
  }

  /** Mends all links. */
  public void healAll() {
    for (int i = 1; i <= size(); i++) {
      for (int j = i + 1; j <= size(); j++) {
        heal(i, j);
      }
    }
  }

  private void link(int i, int j, boolean cut) {
    if (i == j) {
      throw new IllegalArgumentException("server " + i + " has no link to itself");
    }
    Member one = member(i);
    Member other = member(j);
    if (cut) {
      one.cut.add(j);
      other.cut.add(i);
    } else {
      one.cut.remove(j);
      other.cut.remove(i);
    }
    block(one.gate, other, cut);
    block(other.gate, one, cut);
  }

  private static void block(PeerGate gate, Member peer, boolean cut) {
    for (int port : new int[] {peer.electionPort, peer.quorumPort}) {
      if (cut) {
        gate.block(port);
      } else {
        gate.unblock(port);
      }
    }
  }

  /** Whether a server runs and serves clients. */
  public boolean serves(int i) {
    return server(i) != null && server(i).status().serving();
  }

  /** The number of the leader that a quorum can reach; 0 while there is none that serves. */
  public int leader() {
    for (int i = 1; i <= size(); i++) {
      if (serves(i) && server(i).status().mode() == ServerMode.LEADER && hasQuorum(i)) {
        return i;
      }
    }
    return 0;
  }

  private boolean hasQuorum(int i) {
    return server(i).isQuorum(sid -> runs((int) sid) && !member(i).cut.contains((int) sid));
  }

  private boolean runs(int i) {
    return i <= size() && server(i) != null;
  }

  /**
   * Waits until there is a leader, and every server that runs and is not cut off from it serves
   * clients; returns the leader.
   *
   * @throws IllegalStateException when that takes longer than a minute
   */
  public int awaitLeader() {
    int[] leader = new int[1];
    await("the ensemble forms", () -> (leader[0] = leader()) > 0 && allServe(leader[0]));
    return leader[0];
  }

  private boolean allServe(int leader) {
    for (int i = 1; i <= size(); i++) {
      if (server(i) != null && !member(leader).cut.contains(i) && !serves(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits until a server serves clients.
   *
   * @throws IllegalStateException when that takes longer than a minute
   */
  public void awaitServing(int i) {
    await("server " + i + " serves", () -> serves(i));
  }

  /**
   * Waits until a server does not serve clients any more, such as one that is cut off.
   *
   * @throws IllegalStateException when that takes longer than a minute
   */
  public void awaitNotServing(int i) {
    await("server " + i + " has ceased to serve", () -> !serves(i));
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > AWAIT_SECONDS * 1_000_000_000L) {
        throw new IllegalStateException("waited " + AWAIT_SECONDS + " s in vain until " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting until " + what, e);
      }
    }
  }

  /** Stops all and removes the folders. */
  @Override
  public void close() {
    for (int i = 1; i <= size(); i++) {
      stop(i);
    }
    TemporaryFolder.delete(folder);
  }

  /** Collects how an ensemble is to be; can be started several times. For one thread. */
  public static final class Builder {
    private final Map<String, String> settings = EmbeddedServer.defaults();
    private int servers = 3;
    private int observers;

    private Builder() {
      tickTimeMs(TICK_MS);
      set("initLimit", "50");
      set("syncLimit", "20");
      // Who was cut off for long is not to wait long for those it can reach again.
      set("fastleader.maxNotificationInterval", "2000");
      set("maxSessionTimeout", "60000");
      set("standaloneEnabled", "false");
    }

    /** How many servers vote, at least one; three by default. */
    public Builder servers(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("an ensemble needs a server that votes");
      }
      this.servers = count;
      return this;
    }

    /** How many servers learn without a vote; they have the numbers behind the voters'. */
    public Builder observers(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("fewer than no observers: " + count);
      }
      this.observers = count;
      return this;
    }

    /** The tick in milliseconds: a lost leader or follower is noticed after 20 of them. */
    public Builder tickTimeMs(int ms) {
      return set("tickTime", Integer.toString(ms));
    }

    /** Any setting of a zoo.cfg, for every server. */
    public Builder set(String key, String value) {
      settings.put(key, value);
      return this;
    }

    /**
     * Starts the servers; they look for a leader when this returns ({@link #awaitLeader}).
     *
     * @throws IllegalStateException when one cannot start, and says why
     */
    public EmbeddedEnsemble start() {
      EmbeddedEnsemble ensemble = new EmbeddedEnsemble(this);
      try {
        for (int i = 1; i <= ensemble.size(); i++) {
          ensemble.restart(i);
        }
      } catch (IllegalStateException e) {
        ensemble.close();
        throw e;
      }
      return ensemble;
    }
  }
}
