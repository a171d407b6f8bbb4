package io.paddock.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Asks over HTTP what no client library would send. */
final class HttpTalker {
  private static final int PATIENCE_MS = 20_000;

  private HttpTalker() {}

  /** What came back; headers by their names in small letters. */
  record Answer(int status, Map<String, String> headers, String body) {
    String type() {
      return headers.getOrDefault("content-type", "none").toLowerCase(Locale.ROOT).replace(" ", "");
    }

    /** Of a HEAD's answer a missing node. */
    JsonNode json() {
      try {
        return new ObjectMapper().readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError(body, e);
      }
    }

    boolean isJson() {
      return type().startsWith("application/json");
    }

    /** Keys with the types of their values. */
    String shape() {
      return HttpTalker.shape(json());
    }
  }

  /** Headers are whole lines. */
  static Answer ask(int port, String method, String target, String... headers) throws IOException {
    StringBuilder request =
        new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
    }
  }

  private static Answer parse(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return new Answer(0, Map.of(), text);
    }
    String[] lines = text.substring(0, end).split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).trim());
    }
    String body = text.substring(end + 4);
    boolean isChunked = headers.getOrDefault("transfer-encoding", "").equals("chunked");
    return new Answer(
        Integer.parseInt(lines[0].split(" ")[1]), headers, isChunked ? joined(body) : body);
  }

  private static String joined(String chunks) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (true) {
      int line = chunks.indexOf("\r\n", at);
      int length = line < 0 ? 0 : Integer.parseInt(chunks.substring(at, line), 16);
      if (length == 0) {
        return body.toString();
      }
      body.append(chunks, line + 2, line + 2 + length);
      at = line + 2 + length + 2;
    }
  }

  static String shape(JsonNode node) {
    if (node.isObject()) {
      Set<String> fields = new TreeSet<>();
      node.properties()
          .forEach(
              field -> {
                boolean isName = field.getKey().matches("[a-zA-Z].*");
                fields.add((isName ? field.getKey() : "#") + ":" + shape(field.getValue()));
              });
      return fields.toString();
    } else if (node.isArray()) {
      Set<String> elements = new TreeSet<>();
      node.forEach(element -> elements.add(shape(element)));
      return "list" + elements;
    }
    return node.isIntegralNumber()
        ? "integer"
        : node.getNodeType().toString().toLowerCase(Locale.ROOT);
  }
}
