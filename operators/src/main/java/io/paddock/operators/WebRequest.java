package io.paddock.operators;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to an HTTP port. Its body is not read.
 *
 * @param method of HTTP, such as GET
 * @param path decoded, without the query
 * @param arguments of the query, decoded, in their order; of one given twice the first counts
 * @param authorization header of that name, or null
 * @param peer who asks
 */
record WebRequest(
    String method,
    String path,
    Map<String, String> arguments,
    String authorization,
    InetAddress peer) {

  /**
   * @param target as the request's first line has it: a path, or a whole URL
   */
  static WebRequest of(String method, String target, String authorization, InetAddress peer) {
    String rest = target;
    int scheme = target.indexOf("://");
    if (scheme > 0 && target.charAt(0) != '/') {
      int path = target.indexOf('/', scheme + 3);
      rest = path < 0 ? "/" : target.substring(path);
    }
    int fragment = rest.indexOf('#');
    rest = fragment < 0 ? rest : rest.substring(0, fragment);
    int query = rest.indexOf('?');
    return new WebRequest(
        method,
        decoded(query < 0 ? rest : rest.substring(0, query), true),
        arguments(query < 0 ? "" : rest.substring(query + 1)),
        authorization,
        peer);
  }

  private static Map<String, String> arguments(String query) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      arguments.putIfAbsent(decoded(name, false), decoded(value, false));
    }
    return arguments;
  }

  private static String decoded(String text, boolean isPath) {
    try {
      // A plus is a blank only in a query.
      return URLDecoder.decode(isPath ? text.replace("+", "%2B") : text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A stray % in a hand-typed URL means itself.
      return text;
    }
  }

  /** Whether it only asks: then nothing but its answer's head is wanted, or all of it. */
  boolean reads() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
