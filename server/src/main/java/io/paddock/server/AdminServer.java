package io.paddock.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The HTTP server for operators (client protocol sheet, section 12.3): commands as JSON under
 * {@code /commands}, and a page that shows how the server does at {@code /}.
 */
public final class AdminServer implements AutoCloseable {
  private static final String HTML = "text/html; charset=utf-8";

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
    AdminServer admin = new AdminServer(config, status, words);
    try {
      admin.http = HttpPort.open(config.host(), config.port(), "paddock-admin", admin::answer);
      return admin;
    } catch (IOException e) {
      throw new ConfigException(
          "AdminServer cannot be reached at "
              + config.host()
              + ":"
              + config.port()
              + " ("
              + e.getMessage()
              + "): choose another admin.serverPort, or write admin.enableServer=false",
          ConfigException.EXIT_ADMIN_SERVER);
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

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    if (method.equals("TRACE")) {
      HttpPort.send(exchange, 403, HTML, "");
    } else if (path.equals("/")) {
      HttpPort.send(exchange, 200, HTML, AdminPage.of(config, status, build));
    } else if (path.equals(config.commandUrl()) || path.equals(config.commandUrl() + "/")) {
      HttpPort.send(exchange, 200, HTML, commandLinks());
    } else if (path.startsWith(config.commandUrl() + "/")) {
      send(exchange, commands.run(request(exchange, path)));
    } else {
      HttpPort.send(
          exchange, 404, HTML, "Not found. Commands are at " + config.commandUrl() + "\n");
    }
  }

  private AdminRequest request(HttpExchange exchange, String path) {
    return new AdminRequest(
        exchange.getRequestMethod(),
        path.substring(config.commandUrl().length() + 1),
        arguments(exchange.getRequestURI().getRawQuery()),
        exchange.getRequestHeaders().getFirst("Authorization"),
        exchange.getRemoteAddress().getAddress());
  }

  private static Map<String, String> arguments(String query) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      arguments.put(decoded(name), decoded(value));
    }
    return arguments;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A stray % in a hand-typed URL means itself.
      return text;
    }
  }

  private String commandLinks() {
    StringBuilder page = new StringBuilder();
    for (String name : commands.primaryNames()) {
      page.append("<a href=\"" + config.commandUrl() + "/" + name + "\">" + name + "</a>\n<br/>\n");
    }
    return page.toString();
  }

  private void send(HttpExchange exchange, AdminAnswer answer) throws IOException {
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    if (answer.file() == null) {
      String body = writer().writeValueAsString(answer.body());
      HttpPort.send(exchange, answer.status(), "application/json", body);
    } else {
      sendFile(exchange, answer.file());
    }
  }

  private static void sendFile(HttpExchange exchange, Path file) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange.sendResponseHeaders(200, Files.size(file));
    try (OutputStream body = exchange.getResponseBody()) {
      Files.copy(file, body);
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
