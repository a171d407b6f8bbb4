package io.paddock.server;

import io.paddock.config.CauseWords;
import io.paddock.config.ClientPortConfig;
import io.paddock.config.ClientTlsConfig;
import io.paddock.config.ConfigException;
import io.paddock.config.JournalPaths;
import io.paddock.config.ZooCfg;
import io.paddock.machine.FileStorage;
import io.paddock.machine.OwnClient;
import io.paddock.machine.ServerNote;
import io.paddock.machine.TlsException;
import io.paddock.operators.FourLetterClient;
import io.paddock.operators.FourLetterWords;
import io.paddock.operators.SrvrAnswer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * What the scripts ask about a configuration, so that nobody but the server's own reader reads it:
 * {@code where FILE} and {@code status FILE}. Starts no logging, because it must be quick.
 */
public final class ConfigAnswers {
  private static final int ASK_MS = 5000;

  private final PrintStream out;
  private final PrintStream err;

  /** Answers on {@code out}; what is wrong goes to {@code err}. */
  public ConfigAnswers(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Answers one question and exits; 0 when it could. */
  public static void main(String[] arguments) {
    System.exit(new ConfigAnswers(System.out, System.err).answer(arguments));
  }

  /** Answers one question; 0 when it could. */
  public int answer(String... arguments) {
    if (arguments.length != 2) {
      err.println("Usage: ConfigAnswers where|status FILE");
      return ConfigException.EXIT_INVALID_CONFIG;
    }
    Path file = Path.of(arguments[1]);
    try {
      return arguments[0].equals("status") ? status(file) : where(file);
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return ConfigException.EXIT_UNEXPECTED;
    }
  }

  /**
   * Where the data is and whose it is now, in lines of {@code key=value}. A configuration that is
   * wrong elsewhere is no hindrance: its server may run since before it was changed.
   */
  private int where(Path file) throws ConfigException {
    JournalPaths paths = JournalPaths.of(ZooCfg.source(file, Map.of()));
    out.println("dataDir=" + paths.dataDir().toAbsolutePath());
    out.println("dataLogDir=" + paths.dataLogDir().toAbsolutePath());
    out.println("relative=" + !paths.dataDir().isAbsolute());
    try {
      ZooCfg config = ZooCfg.load(file, Map.of());
      out.println(
          "clientPort="
              + (config.clientPort().isOpen()
                  ? config.clientPort().port()
                  : config.clientTls().orElseThrow().port()));
    } catch (ConfigException e) {
      out.println("wrong=" + e.getMessage());
    }
    note(paths.dataDir())
        .ifPresent(
            note -> {
              out.println("process=" + note.process());
              out.println("client=" + note.client());
            });
    return 0;
  }

  private static Optional<ServerNote> note(Path dataDir) {
    return ServerNote.ofLiving(
        dataDir.resolve(JournalPaths.VERSION).resolve(FileStorage.LOCK_NAME));
  }

  /** Asks the server, as {@code zkServer.sh status} tells it. */
  private int status(Path file) throws ConfigException {
    Path dataDir = JournalPaths.of(ZooCfg.source(file, Map.of())).dataDir();
    Optional<ServerNote> note = note(dataDir).filter(n -> !n.client().isEmpty());
    String client = note.map(ServerNote::client).orElse("");
    boolean tls = note.filter(ServerNote::tls).isPresent();
    if (client.isEmpty()) {
      ZooCfg config = ZooCfg.load(file, Map.of());
      ClientPortConfig port = config.clientPort();
      if (!port.isOpen()) {
        tls = true;
        ClientTlsConfig secure = config.clientTls().orElseThrow();
        port = port.at(secure.host(), secure.port());
      }
      client = (port.host() == null ? "localhost" : port.host()) + ":" + port.port();
    }
    if (tls) {
      out.println("Client port not found. Looking for secureClientPort in the static config.");
    }
    int colon = client.lastIndexOf(':');
    String host = client.substring(0, colon);
    int port = Integer.parseInt(client.substring(colon + 1));
    out.println(
        "Client port found: " + port + ". Client address: " + host + ". Client SSL: " + tls + ".");
    String answer = tls ? askByTls(file, host, port) : ask(host, port);
    String mode = SrvrAnswer.of(answer).mode();
    if (!mode.isEmpty()) {
      out.println("Mode: " + mode);
      return 0;
    }
    if (answer.contains(FourLetterWords.NOT_SERVING)) {
      err.println(
          "the server answers, but has no leader; its log says whom it waits for, and ./paddock doctor "
              + file
              + " why");
    } else if (answer.contains("whitelist")) {
      err.println("the server answers, but 4lw.commands.whitelist lacks srvr");
    }
    out.println("Error contacting service. It is probably not running.");
    return 1;
  }

  /** By the server's own stores: whoever may read them may ask, and needs no others. */
  private String askByTls(Path file, String host, int port) throws ConfigException {
    Optional<ClientTlsConfig> tls = ZooCfg.load(file, Map.of()).clientTls();
    if (tls.isEmpty()) {
      err.println("the server takes TLS only, and " + file + " does not say so any more");
      return "";
    }
    try {
      return FourLetterClient.ask(host, port, "srvr", ASK_MS, OwnClient.sockets(tls.get().tls()));
    } catch (TlsException e) {
      err.println(e.getMessage());
    } catch (SSLException e) {
      err.println(
          "the server answers by TLS, but not to who shows its own certificate ("
              + CauseWords.of(e)
              + "): ssl.trustStore.location must have the CA of ssl.keyStore.location, or"
              + " ssl.clientAuth be want");
    } catch (IOException e) {
      // Not running, as is said below.
    }
    return "";
  }

  private static String ask(String host, int port) {
    try {
      return FourLetterClient.ask(host, port, "srvr", ASK_MS);
    } catch (IOException e) {
      return "";
    }
  }
}
