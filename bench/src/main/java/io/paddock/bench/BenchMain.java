package io.paddock.bench;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code paddock bench}: Paddock and Apache ZooKeeper side by side, each server a
 * process of its own on this machine. Needs Linux, whose {@code /proc} tells a process's CPU time,
 * and a JDK for {@code jcmd}.
 */
@Command(
    name = "paddock bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures Paddock side by side with Apache ZooKeeper on this machine (Linux only).")
public final class BenchMain implements Callable<Integer> {
  @Option(names = "--quick", description = "A tenth of everything, in under four minutes.")
  private boolean quick;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Only measurements whose names contain one of these words (see --list).")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--tasks",
      description = "Measures the task system on each server, instead of the servers.")
  private boolean tasks;

  @Option(
      names = "--ensemble",
      description = "Measures ensembles of three servers, instead of single ones.")
  private boolean ensemble;

  @Option(
      names = "--tls",
      description = "Measures clients that connect by TLS, instead of in plain text.")
  private boolean tls;

  @Option(names = "--list", description = "Prints the names of the measurements and ends.")
  private boolean list;

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "NAME",
      description = {
        "Which servers: apache-nio, apache-netty, paddock.",
        "Default: all; of ensembles apache-nio, which is Apache's default, and paddock;",
        "by TLS apache-netty, since Apache's other one has none, and paddock."
      })
  private List<String> servers;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds in which the servers take turns. Default: 5, quick 1.")
  private int rounds;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers as JSON.")
  private Path json;

  @Option(names = "--svg", paramLabel = "FILE", description = "Plots the ratios.")
  private Path svg;

  @Option(
      names = "--java",
      paramLabel = "PATH",
      description = "The java command for the servers, of a JDK. Default: the one running this.")
  private Path java;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "1g",
      description = "-Xms and -Xmx of every server. Default: ${DEFAULT-VALUE}.")
  private String heap;

  @Option(
      names = "--jvm-flag",
      paramLabel = "FLAG",
      description = "A further JVM flag for every server; may be repeated.")
  private List<String> jvmFlags = new ArrayList<>();

  @Option(
      names = "--paddock-main",
      paramLabel = "CLASS",
      description = "Paddock's main class. Default: io.paddock.server.ServerMain.")
  private String paddockMain = ServerKind.PADDOCK.mainClass();

  @Option(
      names = "--dir",
      paramLabel = "FOLDER",
      description = "Where the servers' data lies while this runs. Default: the temporary folder.")
  private Path directory;

  @Option(names = "--jmh", description = "Runs the JMH benchmarks of codec and tree instead.")
  private boolean jmh;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Load average from which the numbers are not to be trusted. */
  private static final double BUSY_LOAD = 0.7;

  private BenchMain() {}

  /**
   * Runs the benchmark.
   *
   * @param args as on the command line behind {@code paddock bench}
   * @return exit code: 0 when everything was measured, 1 when a server failed, 2 for wrong
   *     arguments
   */
  public static int run(String[] args) {
    return new CommandLine(new BenchMain()).execute(args);
  }

  /**
   * Runs the benchmark and exits with its code.
   *
   * @param args as for {@link #run}
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (jmh) {
      return runJmh();
    }
    Suite suite;
    List<ServerKind> kinds;
    try {
      suite = suite().only(only);
      kinds = contestants();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
    }
    if (list) {
      suite.names().forEach(out::println);
      out.flush();
      return 0;
    }
    if (!ProcStat.isAvailable()) {
      spec.commandLine().getErr().println("bench needs Linux: it reads CPU times from /proc.");
      return 1;
    }
    Path base = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
    Files.createDirectories(base);
    Path folder = Files.createTempDirectory(base.toAbsolutePath(), "paddock-bench-");
    try {
      return measure(suite, kinds, settings(folder), out);
    } finally {
      Folders.delete(folder);
    }
  }

  private Suite suite() {
    if (Stream.of(tasks, ensemble, tls).filter(chosen -> chosen).count() > 1) {
      throw new IllegalArgumentException(
          "--tasks, --ensemble and --tls are benchmarks of their own: choose one");
    }
    return ensemble ? Suite.ensemble() : tasks ? Suite.tasks() : tls ? Suite.tls() : Suite.all();
  }

  private List<ServerKind> contestants() {
    if (servers != null) {
      return servers.stream().map(ServerKind::ofId).toList();
    }
    if (tls) {
      return List.of(ServerKind.APACHE_NETTY, ServerKind.PADDOCK);
    }
    return ensemble
        ? List.of(ServerKind.APACHE_NIO, ServerKind.PADDOCK)
        : List.of(ServerKind.values());
  }

  private int runJmh() throws IOException {
    TimeValue second = TimeValue.seconds(1);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(BenchMain.class.getPackageName().replace(".", "\\.") + "\\.")
            .forks(1)
            .warmupIterations(quick ? 1 : 3)
            .measurementIterations(quick ? 1 : 5)
            .warmupTime(second)
            .measurementTime(second);
    if (java != null) {
      options.jvm(java.toString());
    }
    if (json != null) {
      options.resultFormat(ResultFormatType.JSON).result(json.toString());
    }
    try {
      new Runner(options.build()).run();
      return 0;
    } catch (RunnerException e) {
      throw new IOException("the JMH benchmarks did not run", e);
    }
  }

  private int measure(Suite suite, List<ServerKind> kinds, Settings settings, PrintWriter out)
      throws IOException {
    List<Target> targets = new ArrayList<>();
    Thread killer = new Thread(() -> targets.forEach(Target::killAll), "bench-killer");
    Runtime.getRuntime().addShutdownHook(killer);
    Samples samples;
    Map<String, Object> facts = facts(settings);
    if (tls) {
      facts.put("clients", "by TLS 1.3, with certificates on both sides");
    } else if (ensemble) {
      facts.put("servers of each", EnsembleProcess.SERVERS);
    } else if (!tasks) {
      facts.put("large tree", settings.sizes().treeZnodes() + " znodes");
    }
    try {
      for (ServerKind kind : kinds) {
        requireClass(settings.mainClasses().get(kind));
        targets.add(new Target(kind, settings, settings.directory()));
      }
      facts.forEach((name, value) -> out.println(name + ": " + value));
      double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
      facts.put("load before", load);
      if (load > BUSY_LOAD) {
        out.println("This machine is busy (load " + load + "): what follows tells little.");
      }
      out.flush();
      samples = suite.run(targets, settings.sizes(), out);
    } finally {
      for (Target target : targets) {
        target.close();
      }
      Runtime.getRuntime().removeShutdownHook(killer);
    }
    List<BenchMetric> metrics = suite.metrics();
    Report report = new Report(metrics, samples);
    out.println();
    out.print(report.table());
    if (json != null) {
      Files.writeString(json, report.json(facts));
      out.println("wrote " + json);
    }
    if (svg != null) {
      String subtitle =
          facts.entrySet().stream()
              .map(fact -> fact.getKey() + " " + fact.getValue())
              .collect(Collectors.joining(", "));
      Files.writeString(svg, new SvgPlot(metrics, samples).svg(subtitle));
      out.println("wrote " + svg);
    }
    out.flush();
    boolean failed =
        metrics.stream().anyMatch(m -> kinds.stream().anyMatch(k -> samples.errors(m, k) > 0));
    return failed ? 1 : 0;
  }

  private void requireClass(String name) {
    try {
      Class.forName(name, false, BenchMain.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "no class " + name + " on the class path", e);
    }
  }

  private Settings settings(Path folder) throws IOException {
    int count = rounds > 0 ? rounds : quick ? 1 : 5;
    Map<ServerKind, String> mains = new EnumMap<>(ServerKind.class);
    for (ServerKind kind : ServerKind.values()) {
      mains.put(kind, kind.isApache() ? kind.mainClass() : paddockMain);
    }
    Path command = java == null ? Path.of(System.getProperty("java.home"), "bin", "java") : java;
    return new Settings(
        command,
        absolute(System.getProperty("java.class.path")),
        heap,
        jvmFlags,
        mains,
        tls ? Optional.of(BenchStores.make(command, folder.resolve("stores"))) : Optional.empty(),
        folder,
        quick ? Settings.Sizes.quick(count) : Settings.Sizes.full(count));
  }

  /** The servers run in folders of their own, from which relative entries would lead nowhere. */
  private static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Map<String, Object> facts(Settings settings) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("processors", Runtime.getRuntime().availableProcessors());
    facts.put("java", Runtime.version().toString());
    facts.put("heap", settings.heap());
    facts.put("rounds", settings.sizes().rounds());
    return facts;
  }
}
