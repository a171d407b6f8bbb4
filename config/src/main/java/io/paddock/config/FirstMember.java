package io.paddock.config;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files by which a server that stands alone becomes the first member of an ensemble, of itself
 * at first. In this order, so that a crash leaves a configuration that starts:
 *
 * <pre>
 * myid                 the server's number, which a server alone does not look at
 * zoo.cfg.dynamic.0    its server line (or .00 and so on, if there is one already)
 * zoo.cfg.grown        zoo.cfg with what a member needs; read as a restart would read it
 * zoo.cfg.bak          zoo.cfg as it was
 * zoo.cfg              replaced by zoo.cfg.grown: from here on a restart is the member
 * </pre>
 *
 * Used by one thread.
 */
public final class FirstMember {
  private static final String NEEDED = "initLimit=10\nsyncLimit=5\n";

  private final Path zooCfg;
  private final Path myIdFile;
  private final ZooCfg alone;
  private Path dynamic;
  private final Path grown;
  private boolean wroteMyId;

  private FirstMember(ZooCfg alone, Path zooCfg) {
    this.alone = alone;
    this.zooCfg = zooCfg.toAbsolutePath().normalize();
    this.myIdFile = alone.journal().dataDir().resolve("myid");
    this.grown = beside(".grown");
  }

  /** For a server alone whose zoo.cfg allows reconfigurations; else empty. */
  public static Optional<FirstMember> of(ZooCfg config) {
    boolean can = config.membership().isEmpty() && config.tree().reconfigEnabled();
    return can ? config.file().map(file -> new FirstMember(config, file)) : Optional.empty();
  }

  private Path beside(String suffix) {
    return zooCfg.resolveSibling(zooCfg.getFileName() + suffix);
  }

  /**
   * Writes all but the last step.
   *
   * @return the membership as a restart would read it
   * @throws ConfigException when a restart would refuse it; says why, and what to do
   */
  public MembershipConfig prepare(EnsembleServer self) throws IOException, ConfigException {
    writeMyId(self.sid());
    Path unused = beside(".dynamic.0");
    while (Files.exists(unused)) {
      unused = unused.resolveSibling(unused.getFileName() + "0");
    }
    dynamic = unused;
    EnsembleConfig itself = EnsembleConfig.of(List.of(self), 0);
    ConfigFiles.write(dynamic, ConfigFiles.sorted(itself, false));
    String text = ConfigFiles.text(zooCfg);
    boolean saysClientPort = self.clientHost() != null;
    ConfigFiles.write(
        grown, ConfigFiles.pointingAt(member(text), dynamic.toRealPath(), saysClientPort));
    ZooCfg read = ZooCfg.load(grown, alone.systemProperties());
    MembershipConfig membership =
        read.membership()
            .orElseThrow(() -> new ConfigException("standaloneEnabled=true is set elsewhere"));
    return membership.in(zooCfg);
  }

  private void writeMyId(long sid) throws IOException, ConfigException {
    if (Files.exists(myIdFile)) {
      String there = Files.readString(myIdFile, StandardCharsets.ISO_8859_1).strip();
      if (!there.equals(String.valueOf(sid))) {
        throw new ConfigException(
            myIdFile + " says '" + there + "', and not " + sid + ": correct the one or the other");
      }
      return;
    }
    wroteMyId = true;
    ConfigFiles.write(myIdFile, sid + "\n");
    // On the disk before zoo.cfg makes a restart ask for it.
    ConfigFiles.force(myIdFile.toAbsolutePath().getParent());
  }

  /** The same zoo.cfg with the keys that a member must have. */
  private static String member(String text) {
    StringBuilder kept = new StringBuilder();
    List<String> there = new ArrayList<>();
    for (ConfigSource.LogicalLine line : ConfigSource.logicalLines(text)) {
      if (!line.keys().contains("standaloneEnabled")) {
        kept.append(line.text()).append('\n');
        there.addAll(line.keys());
      }
    }
    NEEDED
        .lines()
        .filter(line -> !there.contains(line.substring(0, line.indexOf('='))))
        .forEach(line -> kept.append(line).append('\n'));
    return kept.append("standaloneEnabled=false\n").toString();
  }

  /** Makes a restart the member's. */
  public void finish() throws IOException {
    new ConfigFiles(zooCfg).backUp();
    ConfigFiles.replace(grown, zooCfg);
  }

  /** Nothing comes of it: takes back what was written. */
  public void abandon() throws IOException {
    Files.deleteIfExists(grown);
    if (dynamic != null) {
      Files.deleteIfExists(dynamic);
    }
    if (wroteMyId) {
      wroteMyId = false;
      Files.deleteIfExists(myIdFile);
    }
  }
}
