package io.paddock.operators;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.paddock.config.AdminConfig;
import io.paddock.config.CauseWords;
import io.paddock.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The HTTP server for operators (client protocol sheet, section 12.3): commands as JSON under
 * {@code /commands}, and a page that shows how the server does at {@code /}.
 */
public final class AdminServer implements AutoCloseable {
  private final AdminConfig config;
  private final ServerStatus status;
  private final BuildInfo build;
  private final AdminCommands commands;
  private HttpPort http;
  private ObjectWriter json;

  private AdminServer(AdminConfig config, ServerStatus status, FourLetterWords words) {
    this.config = config;
    this.status = status;
    this.build = BuildInfo.load();
    this.commands = new AdminCommands(config, status, build, words.traceMask());
  }

  /**
   * Binds and begins to answer.
   *
   * @param words with which the trace mask is shared
   * @throws ConfigException when the address cannot be bound, with exit code 4
   */
  static AdminServer start(AdminConfig config, ServerStatus status, FourLetterWords words)
      throws ConfigException {
    return start(config, status, words, Optional.empty());
  }

  /** The same by TLS, if there is some. */
  static AdminServer start(
      AdminConfig config, ServerStatus status, FourLetterWords words, Optional<Https> https)
      throws ConfigException {
    AdminServer admin = new AdminServer(config, status, words);
    try {
      admin.http =
          HttpPort.open(
              config.host(), config.port(), "paddock-admin", config.limits(), https, admin::answer);
      return admin;
    } catch (IOException e) {
      throw new ConfigException(
          "AdminServer cannot be reached at "
              + config.host()
              + ":"
              + config.port()
              + " ("
              + CauseWords.of(e)
              + "): choose another admin.serverPort, or write admin.enableServer=false",
          ConfigException.EXIT_ADMIN_SERVER,
          e);
    }
  }

  /** The port as bound. */
  public int port() {
    return http.port();
  }

  @Override
  public void close() {
    http.close();
  }

  private CompletableFuture<WebAnswer> answer(WebRequest request) {
    if (request.method().equals("OPTIONS")) {
      return CompletableFuture.completedFuture(WebAnswer.options());
    }
    String path = request.path();
    boolean isCommand = path.startsWith(config.commandUrl() + "/");
    String command = isCommand ? path.substring(config.commandUrl().length() + 1) : "";
    if (!command.isEmpty() && !request.method().equals("TRACE")) {
      return commands
          .run(
              new AdminRequest(
                  request.method(),
                  command,
                  request.arguments(),
                  request.authorization(),
                  request.peer(),
                  request.certified()))
          .thenApply(this::webAnswer);
    }
    return CompletableFuture.completedFuture(page(request));
  }

  private WebAnswer page(WebRequest request) {
    String path = request.path();
    boolean isRoot = path.equals("/");
    if (request.method().equals("TRACE")) {
      return WebAnswer.noTrace();
    } else if (!isRoot
        && !path.equals(config.commandUrl())
        && !path.equals(config.commandUrl() + "/")) {
      return WebAnswer.of(
          404, WebAnswer.HTML, "Not found. Commands are at " + config.commandUrl() + "\n");
    } else if (!request.reads()) {
      return WebAnswer.wrongMethod("GET, HEAD");
    }
    return WebAnswer.of(
        200, WebAnswer.HTML, isRoot ? AdminPage.of(config, status, build) : commandLinks());
  }

  private String commandLinks() {
    StringBuilder page = new StringBuilder();
    for (String name : commands.primaryNames()) {
      page.append("<a href=\"" + config.commandUrl() + "/" + name + "\">" + name + "</a>\n<br/>\n");
    }
    return page.toString();
  }

  private WebAnswer webAnswer(AdminAnswer answer) {
    if (answer.file() != null) {
      return WebAnswer.ofFile(answer.file()).with(answer.headers());
    }
    try {
      String body = writer().writeValueAsString(answer.body());
      return WebAnswer.of(answer.status(), "application/json", body).with(answer.headers());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Made on the first question, as it loads several hundred classes. */
  private synchronized ObjectWriter writer() {
    if (json == null) {
      json = new ObjectMapper().writerWithDefaultPrettyPrinter();
    }
    return json;
  }
}
