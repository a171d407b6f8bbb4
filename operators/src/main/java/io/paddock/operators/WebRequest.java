package io.paddock.operators;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request to an HTTP port. Its body is not read.
 *
 * @param method of HTTP, such as GET
 * @param path decoded, without the query
 * @param arguments of the query, decoded, in their order; of one given twice the first counts
 * @param authorization header of that name, or null
 * @param peer where it comes from
 * @param certified whom the asker's certificate names, proven by TLS; null without one
 */
record WebRequest(
    String method,
    String path,
    Map<String, String> arguments,
    String authorization,
    InetAddress peer,
    String certified) {

  /**
   * Reads a request's first line.
   *
   * @param target a path, or a whole URL
   * @return null when it leads nowhere: it is no path, leaves the root, or is not well encoded
   */
  static WebRequest of(
      String method, String target, String authorization, InetAddress peer, String certified) {
    String rest = target;
    int scheme = target.indexOf("://");
    if (scheme > 0 && target.charAt(0) != '/') {
      int path = target.indexOf('/', scheme + 3);
      rest = path < 0 ? "/" : target.substring(path);
    }
    int fragment = rest.indexOf('#');
    rest = fragment < 0 ? rest : rest.substring(0, fragment);
    int query = rest.indexOf('?');
    try {
      String path = path(query < 0 ? rest : rest.substring(0, query));
      Map<String, String> arguments = arguments(query < 0 ? "" : rest.substring(query + 1));
      return new WebRequest(method, path, arguments, authorization, peer, certified);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Decoded, without parameters ({@code ;x=1}) and dots, as the containers of servlets have it. */
  private static String path(String text) {
    List<String> kept = new ArrayList<>();
    String[] segments = text.split("/", -1);
    boolean isPath = segments.length > 1 && segments[0].isEmpty();
    for (int i = 1; i < segments.length; i++) {
      // A plus is a blank only in a query.
      String name = decoded(segments[i].replaceFirst(";.*", "").replace("+", "%2B"));
      if (name.equals("..")) {
        if (kept.isEmpty()) {
          throw new IllegalArgumentException();
        }
        kept.remove(kept.size() - 1);
      } else if (!name.equals(".")) {
        kept.add(name);
      }
      if (i == segments.length - 1 && (name.equals(".") || name.equals(".."))) {
        kept.add("");
      }
      isPath &= name.indexOf('\0') < 0;
    }
    if (!isPath) {
      throw new IllegalArgumentException();
    }
    return "/" + String.join("/", kept);
  }

  private static Map<String, String> arguments(String query) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      arguments.putIfAbsent(decoded(name), decoded(value));
    }
    return arguments;
  }

  /**
   * @throws IllegalArgumentException for a stray percent sign
   */
  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Whether it only asks: then nothing but its answer's head is wanted, or all of it. */
  boolean reads() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
