package io.paddock.zab;

import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import java.nio.charset.StandardCharsets;

/**
 * The one look that this module takes into a transaction: whether it is a reconfiguration, and to
 * what (quorum sheet, sections 4.3 and 6.2).
 *
 * <pre>
 * long session, int cxid, long zxid, long timeMs, int type = 16, ustring path, buffer config, int -1
 * </pre>
 */
final class ReconfigTxn {
  private static final int TYPE = 16;
  private static final int TYPE_AT = 28;
  private static final int HEADER_BYTES = 32;

  private ReconfigTxn() {}

  /** Whether the transaction changes the membership. */
  static boolean isOne(byte[] bytes, int from, int length) {
    return length >= HEADER_BYTES
        && bytes[from + TYPE_AT + 3] == TYPE
        && bytes[from + TYPE_AT + 2] == 0
        && bytes[from + TYPE_AT + 1] == 0
        && bytes[from + TYPE_AT] == 0;
  }

  /**
   * The configuration that the transaction brings; null when it brings none.
   *
   * @throws InvalidConfigException when it brings one that cannot be used
   */
  static EnsembleConfig config(byte[] bytes) {
    if (!isOne(bytes, 0, bytes.length)) {
      return null;
    }
    JuteReader in = new JuteReader(bytes);
    in.skip(HEADER_BYTES);
    try {
      in.readString();
      byte[] text = in.readBuffer();
      if (text == null) {
        throw new InvalidConfigException("a reconfiguration without a configuration");
      }
      return EnsembleConfig.parse(new String(text, StandardCharsets.UTF_8));
    } catch (MalformedException e) {
      throw new InvalidConfigException("a reconfiguration that does not decode: " + e.getMessage());
    }
  }
}
