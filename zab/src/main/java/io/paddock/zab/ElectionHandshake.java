package io.paddock.zab;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the dialler of an election connection says first (quorum sheet, section 2.2).
 *
 * <pre>
 * long version   -65536 (one address) or -65535 (several, joined by |)
 * long sid       the dialler's
 * int length     1..2048
 * bytes          host:port, IPv6 in brackets: the dialler's election address
 * </pre>
 *
 * Before 3.5 there was the sid alone, told by its not being negative. The bytes must leave in one
 * piece: Apache reads the address with one call.
 *
 * @param sid the dialler; {@link #ANONYMOUS} for an observer without an id
 * @param addresses where it can be dialled back; may be empty
 */
public record ElectionHandshake(long sid, List<Address> addresses) {
  /** The id of observers that have none. */
  public static final long ANONYMOUS = Long.MAX_VALUE;

  private static final long ONE_ADDRESS = -65_536;
  private static final long MANY_ADDRESSES = -65_535;
  private static final int ADDRESS_BYTES_MAX = 2048;
  private static final int HEAD_BYTES = 20;

  /**
   * An election address.
   *
   * @param host IPv6 without brackets
   */
  public record Address(String host, int port) {
    String text() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  public ElectionHandshake {
    addresses = List.copyOf(addresses);
  }

  /** Writes the handshake; with several addresses, in the form that has them. */
  public void write(JuteWriter out) {
    out.writeLong(addresses.size() > 1 ? MANY_ADDRESSES : ONE_ADDRESS);
    out.writeLong(sid);
    byte[] text =
        String.join("|", addresses.stream().map(Address::text).toList())
            .getBytes(StandardCharsets.UTF_8);
    out.writeBuffer(text);
  }

  /**
   * The length of the handshake in {@code bytes[from, to)}; -1 while it is not complete.
   *
   * @throws MalformedException when this is none
   */
  public static int length(byte[] bytes, int from, int to) {
    if (to - from < 8) {
      return -1;
    }
    JuteReader in = new JuteReader().reset(bytes, from, to);
    long version = in.readLong();
    if (version >= 0) {
      return 8;
    }
    checkVersion(version);
    if (to - from < HEAD_BYTES) {
      return -1;
    }
    in.skip(8);
    int length = in.readInt();
    checkLength(length);
    return length > in.remaining() ? -1 : HEAD_BYTES + length;
  }

  /**
   * Reads a handshake.
   *
   * @throws MalformedException when it is none
   */
  public static ElectionHandshake read(JuteReader in) {
    long version = in.readLong();
    if (version >= 0) {
      return new ElectionHandshake(version, List.of());
    }
    checkVersion(version);
    long sid = in.readLong();
    int length = in.readInt();
    checkLength(length);
    int from = in.position();
    in.skip(length);
    String text = new String(in.array(), from, length, StandardCharsets.UTF_8);
    List<Address> addresses = new ArrayList<>();
    for (String address : version == ONE_ADDRESS ? new String[] {text} : text.split("\\|")) {
      addresses.add(address(address));
    }
    return new ElectionHandshake(sid, addresses);
  }

  private static void checkVersion(long version) {
    if (version != ONE_ADDRESS && version != MANY_ADDRESSES) {
      throw new MalformedException("election protocol version " + version);
    }
  }

  private static void checkLength(int length) {
    if (length < 1 || length > ADDRESS_BYTES_MAX) {
      throw new MalformedException("an election address of " + length + " bytes");
    }
  }

  private static Address address(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new MalformedException("'" + text + "' is not host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return new Address(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new MalformedException("'" + text + "' is not host:port");
    }
  }
}
