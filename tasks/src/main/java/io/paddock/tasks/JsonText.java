package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** JSON as it stands in znodes and in what {@code --json} prints: one line, no empty fields. */
final class JsonText {
  static final ObjectMapper MAPPER =
      JsonMapper.builder().defaultPropertyInclusion(inclusion()).build();

  private JsonText() {}

  private static JsonInclude.Value inclusion() {
    return JsonInclude.Value.construct(
        JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.NON_DEFAULT);
  }

  static byte[] bytes(Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a value of ours has no JSON form: " + value, e);
    }
  }

  /** What the bytes hold, or {@code fallback} when they are no such object. */
  static <T> T read(byte[] data, Class<T> type, T fallback) {
    if (!startsObject(data)) {
      return fallback;
    }
    try {
      T value = MAPPER.readValue(data, type);
      return value == null ? fallback : value;
    } catch (IOException e) {
      return fallback;
    }
  }

  /** Whether the first character other than a blank opens a JSON object. */
  static boolean startsObject(byte[] data) {
    if (data != null) {
      for (byte b : data) {
        if (b > ' ') {
          return b == '{';
        }
      }
    }
    return false;
  }
}
