package io.paddock.sim;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code paddock sim}: one run with its trace, or many with a line on how they get on. Exit codes:
 * 0 nothing was found, 1 something was, 2 wrong usage.
 */
@Command(
    description =
        "Simulate servers, alone and in ensembles, with clients under faults, in virtual time and from a seed, and hold"
            + " every reply and event against a naive model. With --seed: one run, told in words."
            + " With --runs: many.")
public final class SimCommand implements Callable<Integer> {
  private static final int TAIL_LINES = 60;
  private static final long PROGRESS_NANOS = 2_000_000_000L;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused")
  private boolean help;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Run this seed; with --runs, the first.")
  private Long seed;

  @Option(names = "--runs", paramLabel = "N", description = "Run so many seeds, without a trace.")
  private Integer runs;

  @Option(names = "--steps", paramLabel = "K", description = "So many faults before all heals.")
  private Integer steps;

  @Option(
      names = "--servers",
      paramLabel = "N",
      description = "So many voters; 1 is a server that stands alone.")
  private Integer servers;

  @Option(names = "--observers", paramLabel = "N", description = "So many observers.")
  private Integer observers;

  @Option(names = "--clients", paramLabel = "N", description = "So many clients.")
  private Integer clients;

  @Option(
      names = "--canary",
      paramLabel = "NAME",
      description = "Plant a bug and see it found; a wrong name lists them.")
  private String canary;

  @Option(names = "--json", description = "Tell the outcome as JSON, and nothing else.")
  private boolean json;

  private long decided;
  private long answered;
  private long faults;
  private long virtualMs;

  /** Runs the command; returns the exit code. */
  public static int run(String[] words) {
    return new CommandLine(new SimCommand()).setCommandName("paddock sim").execute(words);
  }

  @Override
  public Integer call() {
    Canary planted = planted();
    boolean many = runs != null;
    if (many && runs < 1) {
      throw usage("--runs must be 1 or more");
    }
    long first = seed != null ? seed : many ? 1 : new SplittableRandom().nextInt(1 << 30);
    return many ? soak(first, planted) : one(first, planted);
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private Canary planted() {
    if (canary == null) {
      return Canary.NONE;
    }
    for (Canary each : Canary.values()) {
      if (each.word().equals(canary)) {
        return each;
      }
    }
    throw usage(
        "no such bug to plant: "
            + canary
            + "; there are:\n"
            + Arrays.stream(Canary.values())
                .map(each -> "  %-26s %s".formatted(each.word(), each.what()))
                .collect(Collectors.joining("\n")));
  }

  private Scale scale(long ofSeed) {
    Scale drawn = Simulation.scale(ofSeed);
    Scale scale =
        new Scale(
            servers == null ? drawn.voters() : servers,
            observers != null ? observers : alone(drawn) ? 0 : drawn.observers(),
            clients == null ? drawn.clients() : clients,
            steps == null ? drawn.steps() : steps);
    if (scale.voters() < 1 || scale.observers() < 0 || scale.clients() < 1 || scale.steps() < 0) {
      throw usage("at least one server and one client, and nothing below zero");
    }
    if (scale.alone() && scale.observers() > 0) {
      throw usage("one server stands alone and has no observers: --observers 0, or more --servers");
    }
    return scale;
  }

  private boolean alone(Scale drawn) {
    return (servers == null ? drawn.voters() : servers) == 1;
  }

  private int one(long ofSeed, Canary planted) {
    PrintWriter out = spec.commandLine().getOut();
    Scale scale = scale(ofSeed);
    World.Trace trace =
        json
            ? World.Trace.NONE
            : (atMs, who, what) -> out.println(FindingReport.line(atMs, who, what.get()));
    try {
      count(Simulation.run(ofSeed, scale, planted, trace));
    } catch (SimFinding e) {
      tell(ofSeed, scale, planted, e, 0);
      return 1;
    }
    if (json) {
      outcome(1, ofSeed, null);
    } else {
      out.printf(
          "Nothing found by seed %d: %s, %d clients, %d faults, %d transactions, %d answers in"
              + " %.1f s of virtual time.%n",
          ofSeed, scale.servers(), scale.clients(), faults, decided, answered, virtualMs / 1000.0);
    }
    out.flush();
    return 0;
  }

  private int soak(long first, Canary planted) {
    long start = System.nanoTime();
    long told = start;
    for (int done = 0; done < runs; done++) {
      Scale scale = scale(first + done);
      try {
        count(Simulation.run(first + done, scale, planted, World.Trace.NONE));
      } catch (SimFinding e) {
        tell(first + done, scale, planted, e, done);
        return 1;
      }
      long now = System.nanoTime();
      if (!json && (now - told > PROGRESS_NANOS || done == runs - 1)) {
        told = now;
        progress(done + 1, (now - start) / 1e9);
      }
    }
    if (json) {
      outcome(runs, first, null);
    }
    return 0;
  }

  private void count(Simulation.Result result) {
    decided += result.decided();
    answered += result.answered();
    faults += result.faults();
    virtualMs += result.virtualMs();
  }

  private void progress(int done, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d of %d runs, %.1f/s, nothing found; %d faults, %d transactions, %d answers, %.0f s of virtual time%n",
        done, runs, done / seconds, faults, decided, answered, virtualMs / 1000.0);
    out.flush();
  }

  private void tell(long ofSeed, Scale scale, Canary planted, SimFinding finding, int done) {
    if (json) {
      outcome(done + 1, ofSeed, finding.getMessage());
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(FindingReport.of(ofSeed, scale, planted, finding, TAIL_LINES));
    out.flush();
  }

  private void outcome(int done, long ofSeed, String finding) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "{\"runs\": %d, \"seed\": %d, \"faults\": %d, \"transactions\": %d, \"answers\": %d, \"virtualMs\": %d,"
            + " \"finding\": %s}%n",
        done,
        ofSeed,
        faults,
        decided,
        answered,
        virtualMs,
        finding == null ? "null" : quoted(finding));
    out.flush();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
