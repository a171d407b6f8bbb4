package io.paddock.tree;

/**
 * The ids of the scheme ip: an IPv4 or IPv6 literal, with the number of bits that count behind a
 * slash or without. Which texts are literals is as with Apache's server, since it shares lists with
 * this one: numbers as {@link Integer#parseInt} takes them, so with leading zeros, a sign or digits
 * of other scripts; no names, no IPv4 inside IPv6, no scope. So a client whose own address has a
 * scope is matched by nothing.
 */
final class IpRange {
  private static final int IPV4_PARTS = 4;
  private static final int IPV6_PARTS = 8;
  private static final int IPV6_PART_CHARS_MAX = 4;
  private static final int NONE = Integer.MIN_VALUE;

  private IpRange() {}

  static boolean isValid(String range) {
    int slash = range.indexOf('/');
    byte[] address = parse(slash < 0 ? range : range.substring(0, slash));
    return address != null && (slash < 0 || bits(range, slash, address) >= 0);
  }

  /** Whether an address lies in a range of the same family. */
  static boolean matches(String range, String remote) {
    int slash = range.indexOf('/');
    byte[] wanted = parse(slash < 0 ? range : range.substring(0, slash));
    byte[] address = parse(remote);
    if (wanted == null || address == null || wanted.length != address.length) {
      return false;
    }
    int bits = slash < 0 ? wanted.length * 8 : bits(range, slash, wanted);
    for (int i = 0; i < bits; i++) {
      int bit = 0x80 >> (i & 7);
      if (((wanted[i >> 3] ^ address[i >> 3]) & bit) != 0) {
        return false;
      }
    }
    return bits >= 0;
  }

  /** -1 when it is no number, or too large. */
  private static int bits(String range, int slash, byte[] address) {
    int bits = number(range.substring(slash + 1), 10);
    return bits <= address.length * 8 ? Math.max(bits, -1) : -1;
  }

  /** Null when it is not an address. */
  private static byte[] parse(String text) {
    return text.indexOf(':') < 0 ? parseIpv4(text) : parseIpv6(text);
  }

  private static byte[] parseIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != IPV4_PARTS) {
      return null;
    }
    byte[] address = new byte[IPV4_PARTS];
    for (int i = 0; i < IPV4_PARTS; i++) {
      int part = number(parts[i], 10);
      if (part < 0 || part > 255) {
        return null;
      }
      address[i] = (byte) part;
    }
    return address;
  }

  private static byte[] parseIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    String head = gap < 0 ? text : text.substring(0, gap);
    String tail = gap < 0 ? "" : text.substring(gap + 2);
    String[] first = head.isEmpty() ? new String[0] : head.split(":", -1);
    String[] last = tail.isEmpty() ? new String[0] : tail.split(":", -1);
    int count = first.length + last.length;
    if (gap < 0 ? count != IPV6_PARTS : count >= IPV6_PARTS) {
      return null;
    }
    byte[] address = new byte[2 * IPV6_PARTS];
    boolean good = put(first, address, 0) && put(last, address, address.length - 2 * last.length);
    return good ? address : null;
  }

  private static boolean put(String[] parts, byte[] address, int at) {
    for (String part : parts) {
      int value = part.length() > IPV6_PART_CHARS_MAX ? NONE : number(part, 16);
      if (value == NONE) {
        return false;
      }
      address[at++] = (byte) (value >> 8);
      address[at++] = (byte) value;
    }
    return true;
  }

  /** {@link #NONE} when it is none. */
  private static int number(String text, int radix) {
    try {
      return Integer.parseInt(text, radix);
    } catch (NumberFormatException e) {
      return NONE;
    }
  }
}
