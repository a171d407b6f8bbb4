package io.paddock.operators;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer of an HTTP port.
 *
 * @param status of HTTP
 * @param headers beside length, date and connection, which the port adds
 * @param body the whole of it; empty when there is a file
 * @param file what is sent instead of the body, piece by piece, or null
 */
record WebAnswer(int status, Map<String, String> headers, byte[] body, Path file) {
  static final String HTML = "text/html; charset=utf-8";
  static final String TEXT = "text/plain; charset=utf-8";

  static WebAnswer of(int status, String type, String body) {
    return new WebAnswer(
        status, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8), null);
  }

  /** Tells which methods there are instead of the one that was used. */
  static WebAnswer wrongMethod(String allowed) {
    return of(405, TEXT, "Only " + allowed + "\n").with(Map.of("Allow", allowed));
  }

  /** Which methods there are; whoever asks may be a browser that asks for another page's script. */
  static WebAnswer options() {
    return of(200, HTML, "").with(Map.of("Allow", "GET, HEAD, POST, OPTIONS"));
  }

  /** TRACE would show others' headers to whoever can make a browser send it. */
  static WebAnswer noTrace() {
    return of(403, HTML, "");
  }

  static WebAnswer ofFile(Path file) {
    return new WebAnswer(
        200, Map.of("Content-Type", "application/octet-stream"), new byte[0], file);
  }

  WebAnswer with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new WebAnswer(status, all, body, file);
  }
}
