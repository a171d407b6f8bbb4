package io.paddock.dist;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paddock tls init}: all that TLS of an ensemble needs, in one directory. */
@Command(
    name = "init",
    description =
        "Make certificate authorities, and for each server and client its key, its stores (PEM and"
            + " PKCS12) and the lines that use them. What is there is left as it is, so a further"
            + " run with the same directory adds servers and clients.")
final class TlsInitCommand implements Callable<Integer> {
  private static final String CLIENT = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}";

  /** Each takes about a second of one core. */
  private static final int HOSTS_MAX = 1000;

  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Parameters(paramLabel = "DIR", description = "Where all is put, readable for you alone.")
  private Path directory;

  @Option(
      names = "--hosts",
      split = ",",
      paramLabel = "HOST",
      description =
          "The servers, by the names that stand in the server lines and that clients use; further"
              + " names and addresses of one behind slashes: zoo1/10.0.0.1,zoo2/10.0.0.2.")
  private List<String> hosts;

  @Option(
      names = "--client",
      paramLabel = "NAME",
      description = "A client, who is known to servers as x509:CN=NAME. Can be repeated.")
  private List<String> clients = List.of();

  @Option(
      names = "--days",
      defaultValue = "730",
      paramLabel = "N",
      description = "How long certificates are valid; by default 730.")
  private int days;

  @Option(
      names = "--secure-port",
      defaultValue = "2281",
      paramLabel = "PORT",
      description = "Where clients are to connect by TLS; by default 2281.")
  private int securePort;

  @Override
  public Integer call() {
    List<TlsHost> servers = servers();
    check();
    CertificateFolder folder = new CertificateFolder(directory, new Keytool(Launch.read().java()));
    PrintWriter out = spec.commandLine().getOut();
    Thread stop = new Thread(folder::stop, "paddock-tls-init-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try (Closeable lock = folder.begin()) {
      Objects.requireNonNull(lock);
      make(folder, servers, out);
      return 0;
    } catch (IOException | GeneralSecurityException e) {
      spec.commandLine().getErr().println(words(e));
      return 1;
    } finally {
      out.flush();
      forget(stop);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs.
    }
  }

  private static String words(Exception e) {
    return e instanceof java.nio.file.FileSystemException
        ? io.paddock.config.CauseWords.of(e)
        : e.getMessage();
  }

  private List<TlsHost> servers() {
    if (hosts == null) {
      return List.of();
    }
    List<String> named = hosts.stream().filter(host -> !host.isBlank()).toList();
    if (named.isEmpty()) {
      throw wrong("--hosts names no host; such as --hosts zoo1,zoo2,zoo3");
    }
    if (named.size() > HOSTS_MAX) {
      throw wrong(
          named.size()
              + " hosts are more than the "
              + HOSTS_MAX
              + " that one run takes; a further run with the same directory adds others");
    }
    try {
      List<TlsHost> servers = named.stream().map(TlsHost::of).toList();
      onceEach("--hosts", servers.stream().map(TlsHost::name).toList());
      return servers;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Also where a file system knows no capitals. */
  private void onceEach(String option, List<String> names) {
    Set<String> known = new HashSet<>();
    for (String name : names) {
      if (!known.add(name.toLowerCase(Locale.ROOT))) {
        throw wrong(
            name
                + " stands twice in "
                + option
                + (option.equals("--hosts")
                    ? "; further names of one host follow behind slashes, as in zoo1/10.0.0.1"
                    : ""));
      }
    }
  }

  private ParameterException wrong(String line) {
    return new ParameterException(spec.commandLine(), line);
  }

  private void check() {
    if (hosts == null && clients.isEmpty()) {
      throw wrong("for whom? --hosts zoo1,zoo2,zoo3 and --client NAME say it");
    }
    onceEach("--client", clients);
    for (String client : clients) {
      if (!client.matches(CLIENT)) {
        throw wrong(
            "\"" + client + "\" is no name for a client: up to 64 letters, digits and . _ @ - are");
      }
    }
    if (days < 1 || days > 3650) {
      throw wrong("--days is from 1 to 3650");
    }
    if (securePort < 1 || securePort > 65535) {
      throw wrong("--secure-port is from 1 to 65535");
    }
  }

  private void make(CertificateFolder folder, List<TlsHost> servers, PrintWriter out)
      throws IOException, GeneralSecurityException {
    out.println("In " + folder.root() + ":");
    String authorities =
        folder.authorities() ? "two new authorities; keep it off the servers" : "as it was";
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"ca", authorities});
    rows.addAll(rows(folder, servers));
    int width = rows.stream().mapToInt(row -> row[0].length()).max().orElse(1);
    rows.forEach(row -> out.printf("  %-" + width + "s  %s%n", row[0], row[1]));
    nextSteps(folder, out);
  }

  /** Of all servers and clients in their order; they are made on all cores. */
  private List<String[]> rows(CertificateFolder folder, List<TlsHost> servers)
      throws IOException, GeneralSecurityException {
    List<Callable<String[]>> parts = new ArrayList<>();
    for (TlsHost server : servers) {
      parts.add(() -> row("servers/", folder.server(server, days, securePort), server.all()));
    }
    for (String client : clients) {
      parts.add(() -> row("clients/", folder.client(client, days), List.of("x509:CN=" + client)));
    }
    ExecutorService cores =
        Executors.newFixedThreadPool(
            Math.min(parts.size(), Runtime.getRuntime().availableProcessors()));
    MadeSoFar soFar = new MadeSoFar(spec.commandLine().getErr(), parts.size(), System::nanoTime);
    try {
      List<Future<String[]>> made = new ArrayList<>();
      for (Callable<String[]> part : parts) {
        made.add(
            cores.submit(
                () -> {
                  String[] row = part.call();
                  soFar.oneMore();
                  return row;
                }));
      }
      List<String[]> rows = new ArrayList<>();
      for (Future<String[]> row : made) {
        rows.add(row.get());
      }
      return rows;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GeneralSecurityException security) {
        throw security;
      }
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      folder.stop();
      cores.shutdownNow();
    }
  }

  private static String[] row(String kind, CertificateFolder.Made made, Iterable<String> names) {
    String day =
        made.certificate()
            .getNotAfter()
            .toInstant()
            .atZone(ZoneOffset.UTC)
            .toLocalDate()
            .toString();
    String name = kind + made.directory().getFileName();
    return new String[] {
      name,
      made.isNew()
          ? String.join(", ", names) + ", valid until " + day
          : "as it was, valid until " + day + "; for a new one move it away and run this again"
    };
  }

  private void nextSteps(CertificateFolder folder, PrintWriter out) throws IOException {
    List<String> known = folder.names("clients");
    List<String> machines = folder.names("servers");
    String machine = machines.isEmpty() ? "HOST" : machines.get(0);
    String client = known.isEmpty() ? "NAME" : known.get(0);
    out.println();
    out.println(
        "1. Copy each servers/HOST to the same place on its machine; clients/NAME to NAME.");
    out.println("2. Add servers/HOST/clients-tls.cfg to the zoo.cfg there, servers-tls.cfg, too,");
    out.println(
        "   for TLS between servers, and restart; ./paddock tls check zoo.cfg tells if all is well.");
    out.println("   An ensemble that runs takes servers-tls.cfg in three rounds of restarts: with");
    out.println(
        "   sslQuorum=false and portUnification=true, then true and true, then as it is there.");
    if (known.isEmpty()) {
      out.println("3. Nobody can connect yet: make clients with --client NAME.");
    } else {
      out.printf(
          "3. bin/zkCli.sh -server %s:%d --tls %s%n",
          machine.contains(":") ? "[" + machine + "]" : machine,
          securePort,
          folder.root().resolve("clients").resolve(client).resolve("client.properties"));
    }
  }
}
