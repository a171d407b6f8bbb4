package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * One client that writes numbered things under a znode of its own, many requests in flight, until
 * the connection ends; afterwards it can say what must be there. Number n is a create, a setData or
 * a multi. A session's writes take effect in order, so what is there must be the numbers up to some
 * last one, whole, and that is not before the last one acknowledged.
 */
final class NumberedWriter {
  private static final int IN_FLIGHT = 8;
  private static final int SYSTEMERROR = -1;
  private static final int ERROR_TYPE = -1;

  /** So many of the latest numbers are read back with their value, and a few of the others. */
  private static final int READ_BACK = 300;

  private final String home;

  /** The numbers whose outcome is open: sent, not acknowledged. */
  private final ArrayDeque<Integer> open = new ArrayDeque<>();

  /** Refused for a full disk: must not be there. */
  private final ArrayDeque<Integer> refused = new ArrayDeque<>();

  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private int next = 1;
  private int lastAcknowledged;
  private long lastZxid;

  NumberedWriter(String home) {
    this.home = home;
  }

  /** Makes the znodes that are written to. */
  void prepare(int port) {
    try (RawClient client = RawClient.session(port)) {
      for (String path : List.of(home, home + "/reg", home + "/left", home + "/right")) {
        assertThat(client.call(Op.create(path, "0")).err()).isZero();
      }
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
  }

  /** How many writes were acknowledged. */
  int acknowledged() {
    return acknowledged.get();
  }

  /** How many were refused for want of room. */
  int refusals() {
    return refusals.get();
  }

  /**
   * Writes until the connection ends or {@code enough} says so; then what is sent is answered, and
   * the connection is closed.
   */
  void write(RawClient connection, BooleanSupplier enough) {
    try (RawClient client = connection) {
      while (!enough.getAsBoolean() || !open.isEmpty()) {
        while (open.size() < IN_FLIGHT && !enough.getAsBoolean()) {
          int number = next++;
          open.add(number);
          Op op = op(number);
          client.request(op.type(), op.bodyAt(0));
        }
        Frame reply = client.next();
        if (reply.kind() != Kind.FRAME) {
          return;
        }
        answered(open.remove(), reply);
      }
    }
  }

  private Op op(int n) {
    String value = Integer.toString(n);
    return switch (n % 3) {
      case 0 -> Op.create(home + "/c" + n, value);
      case 1 -> Op.setData(home + "/reg", value);
      default ->
          Op.multi(
              OpCode.MULTI,
              List.of(
                  Op.setData(home + "/left", value),
                  Op.create(home + "/m" + n, value),
                  Op.setData(home + "/right", value)));
    };
  }

  private void answered(int number, Frame reply) {
    assertThat(reply.zxid()).as("zxids never fall").isGreaterThanOrEqualTo(lastZxid);
    lastZxid = reply.zxid();
    if (reply.err() == SYSTEMERROR) {
      refused.add(number);
      refusals.incrementAndGet();
      return;
    }
    assertThat(reply.err()).isZero();
    if (number % 3 == 2) {
      assertThat(reply.in().i32()).as("the multi's first result").isNotEqualTo(ERROR_TYPE);
    }
    lastAcknowledged = number;
    acknowledged.incrementAndGet();
  }

  /** Compares what is there with what must and may be; then what may be is what is there. */
  void verify(int port) {
    try (RawClient client = RawClient.session(port)) {
      int reg = number(client, "/reg");
      int left = number(client, "/left");
      assertThat(number(client, "/right")).as("two parts of one multi").isEqualTo(left);
      Set<String> names = names(client);
      TreeMap<Integer, Boolean> there = new TreeMap<>();
      int last = open.isEmpty() ? lastAcknowledged : open.peekLast();
      for (int n = 1; n <= last; n++) {
        there.put(n, isThere(names, n, reg, left));
        boolean read = n > last - READ_BACK || n % READ_BACK == 0;
        if (read && there.get(n) && n % 3 != 1) {
          int value = number(client, n % 3 == 0 ? "/c" + n : "/m" + n);
          assertThat(value).isEqualTo(n);
        }
      }
      for (int n = 1; n <= lastAcknowledged; n++) {
        boolean lost = !there.get(n) && !refused.contains(n);
        assertThat(lost).as("%s: number %d was acknowledged and is gone", home, n).isFalse();
      }
      for (int n : refused) {
        boolean appeared = n % 3 != 1 && n <= last && there.get(n);
        assertThat(appeared).as("%s: number %d was refused and is there", home, n).isFalse();
      }
      boolean ended = false;
      for (int n : open) {
        assertThat(ended && there.get(n)).as("%s: %d without those before it", home, n).isFalse();
        ended |= !there.get(n);
      }
      lastAcknowledged = open.stream().filter(there::get).reduce(lastAcknowledged, Math::max);
      open.stream().filter(n -> !there.get(n)).forEach(refused::add);
      open.clear();
      client.call(Op.bare(OpCode.CLOSE_SESSION));
    }
  }

  private boolean isThere(Set<String> names, int n, int reg, int left) {
    return switch (n % 3) {
      case 0 -> names.contains("c" + n);
      // Overwritten by the later ones.
      case 1 -> n <= reg;
      default -> {
        boolean made = names.contains("m" + n);
        assertThat(made && left < n).as("%s: half of multi %d", home, n).isFalse();
        assertThat(left == n && !made).as("%s: half of multi %d", home, n).isFalse();
        yield made;
      }
    };
  }

  private Set<String> names(RawClient client) {
    Frame reply = client.call(Op.getChildren2(home, false));
    assertThat(reply.err()).isZero();
    Jute.In in = reply.in();
    Set<String> names = new HashSet<>();
    for (int count = in.i32(); count > 0; count--) {
      names.add(in.str());
    }
    return names;
  }

  private int number(RawClient client, String name) {
    Frame reply = client.call(Op.getData(home + name, false));
    assertThat(reply.err()).as(home + name).isZero();
    return Integer.parseInt(text(reply));
  }

  private static String text(Frame reply) {
    return new String(reply.in().buf(), StandardCharsets.UTF_8);
  }
}
