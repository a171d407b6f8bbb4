package io.paddock.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** JSON output; a class of its own so that nothing of Jackson is loaded unless it is asked for. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /** Prints one document on one line. */
  static void print(PrintStream out, Map<String, ?> object) {
    try {
      out.println(MAPPER.writeValueAsString(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of strings, numbers and lists are always JSON", e);
    }
  }

  /**
   * Adds a node's data: {@code data} as text if it is UTF-8, else {@code dataBase64}; null stays
   * null.
   */
  static void putData(Map<String, Object> object, byte[] data) {
    if (data == null) {
      object.put("data", null);
      return;
    }
    try {
      object.put(
          "data", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString());
    } catch (CharacterCodingException e) {
      object.put("dataBase64", Base64.getEncoder().encodeToString(data));
    }
  }
}
