package io.paddock.zab;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import java.nio.charset.StandardCharsets;

/**
 * Notifications as bytes (quorum sheet, sections 2.3 and 2.4).
 *
 * <pre>
 * offset  0 int state        0 LOOKING, 1 FOLLOWING, 2 LEADING, 3 OBSERVING
 *         4 long leader     12 long zxid      20 long round    28 long peerEpoch
 *        36 int version = 2 40 int length     44 config text in UTF-8
 * </pre>
 *
 * A frame has an int length before it. Peers of other releases send less: 28 bytes end at the round
 * and peerEpoch is the zxid's, 40 bytes have a version field that nobody reads.
 */
public final class NotificationCodec {
  /** The longest notification; a connection that announces a longer one is to be dropped. */
  public static final int FRAME_BYTES_MAX = 524_288;

  /** The format written today. */
  public static final int VERSION = 2;

  private static final int WITHOUT_EPOCH_BYTES = 28;
  private static final int WITHOUT_VERSION_BYTES = 40;

  private NotificationCodec() {}

  /** Writes the frame: length and notification. */
  public static void writeFrame(Notification notification, JuteWriter out) {
    int frame = out.beginFrame();
    out.writeInt(stateCode(notification.state()));
    out.writeLong(notification.leader());
    out.writeLong(notification.zxid());
    out.writeLong(notification.round());
    out.writeLong(notification.peerEpoch());
    out.writeInt(notification.version());
    String config = notification.config();
    out.writeBuffer(config == null ? new byte[0] : config.getBytes(StandardCharsets.UTF_8));
    out.endFrame(frame);
  }

  /**
   * Reads a notification, without the length before it.
   *
   * @throws MalformedException when it is to be dropped; the connection may stay
   */
  public static Notification read(JuteReader in) {
    int size = in.remaining();
    if (size < WITHOUT_EPOCH_BYTES) {
      throw new MalformedException("a notification of " + size + " bytes");
    }
    Role state = state(in.readInt());
    long leader = in.readLong();
    long zxid = in.readLong();
    long round = in.readLong();
    long peerEpoch = size == WITHOUT_EPOCH_BYTES ? Zxid.epoch(zxid) : in.readLong();
    if (size == WITHOUT_EPOCH_BYTES || size == WITHOUT_VERSION_BYTES) {
      return new Notification(state, leader, zxid, round, peerEpoch, 0, null);
    }
    int version = in.readInt();
    String config = version > 1 ? readConfig(in, size) : null;
    return new Notification(state, leader, zxid, round, peerEpoch, version, config);
  }

  private static String readConfig(JuteReader in, int size) {
    int length = in.readInt();
    if (length < 0 || length > size) {
      throw new MalformedException("a configuration of " + length + " bytes");
    }
    int from = in.position();
    in.skip(length);
    return length == 0 ? null : new String(in.array(), from, length, StandardCharsets.UTF_8);
  }

  private static int stateCode(Role role) {
    return switch (role) {
      case LOOKING -> 0;
      case FOLLOWING -> 1;
      case LEADING -> 2;
      case OBSERVING -> 3;
    };
  }

  private static Role state(int code) {
    return switch (code) {
      case 0 -> Role.LOOKING;
      case 1 -> Role.FOLLOWING;
      case 2 -> Role.LEADING;
      case 3 -> Role.OBSERVING;
      default -> throw new MalformedException("a notification of state " + code);
    };
  }
}
