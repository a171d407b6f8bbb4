package io.paddock.operators;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer of the AdminServer.
 *
 * @param status of HTTP; 200 also for most errors, as in ZooKeeper
 * @param body keys and values of the JSON object
 * @param headers beside the usual ones
 * @param file sent instead of the body, unless null
 */
record AdminAnswer(int status, Map<String, Object> body, Map<String, String> headers, Path file) {
  /** An answer whose object ends with the command's name and no error. */
  static AdminAnswer ok(String command, Map<String, Object> values) {
    return new AdminAnswer(200, object(command, null, values), Map.of(), null);
  }

  /** An answer that has nothing but an error. */
  static AdminAnswer error(int status, String command, String error) {
    return new AdminAnswer(status, object(command, error, Map.of()), Map.of(), null);
  }

  private static Map<String, Object> object(
      String command, String error, Map<String, Object> values) {
    Map<String, Object> object = new LinkedHashMap<>(values);
    object.put("command", command);
    object.put("error", error);
    return object;
  }

  AdminAnswer withHeaders(Map<String, String> more) {
    return new AdminAnswer(status, body, more, file);
  }

  AdminAnswer withFile(Path path) {
    return new AdminAnswer(status, body, headers, path);
  }
}
