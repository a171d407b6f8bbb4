package io.paddock.oracle;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A member of an ensemble that says what a test tells it to: an election socket and a quorum
 * socket, as leader and as learner, with an encoding of its own (quorum sheet, sections 2 and 3).
 * Blocking, for one thread; whatever does not come within {@link #PATIENCE_MS} fails the test.
 */
final class ScriptedPeer implements AutoCloseable {
  static final int PATIENCE_MS = 60_000;
  static final int LOOKING = 0;
  static final int FOLLOWING = 1;
  static final int LEADING = 2;
  static final int OBSERVING = 3;
  static final long V1 = -65_536;
  static final long V2 = -65_535;

  static final int REQUEST = 1;
  static final int PROPOSAL = 2;
  static final int ACK = 3;
  static final int COMMIT = 4;
  static final int PING = 5;
  static final int REVALIDATE = 6;
  static final int SYNC = 7;
  static final int INFORM = 8;
  static final int NEWLEADER = 10;
  static final int FOLLOWERINFO = 11;
  static final int UPTODATE = 12;
  static final int DIFF = 13;
  static final int TRUNC = 14;
  static final int SNAP = 15;
  static final int OBSERVERINFO = 16;
  static final int LEADERINFO = 17;
  static final int ACKEPOCH = 18;

  /** What a server says of the election. */
  record Word(int state, long leader, long zxid, long round, long epoch, String config) {}

  /** A packet of the quorum port; ids as scheme:id and sorted, null when there are none. */
  record Packet(int type, long zxid, byte[] data, List<String> ids) {
    Jute.In in() {
      return new Jute.In(data);
    }
  }

  /** One socket, whoever dialled it. */
  static final class Link implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    /** Whether this learner was told that it is up to date. */
    private boolean served;

    private Link(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MS);
      in = new DataInputStream(socket.getInputStream());
    }

    static Link dial(int port) {
      try {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
        return new Link(socket);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Sends bytes in one piece; a connection that is gone is noticed when reading. */
    Link send(byte[] bytes) {
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // The reader sees the same.
      }
      return this;
    }

    Link packet(int type, long zxid, byte[] data) {
      return send(ScriptedPeer.packet(type, zxid, data).i32(-1).bytes());
    }

    Packet read() {
      try {
        int type = in.readInt();
        long zxid = in.readLong();
        byte[] data = buffer();
        int count = in.readInt();
        List<String> ids = count < 0 ? null : new ArrayList<>();
        for (int i = 0; i < count; i++) {
          ids.add(text(buffer()) + ":" + text(buffer()));
        }
        if (ids != null) {
          // Apache keeps them in a set.
          Collections.sort(ids);
        }
        return new Packet(type, zxid, data, ids);
      } catch (IOException e) {
        throw new AssertionError("a packet was to come, but: " + e, e);
      }
    }

    /** The next packet that is no ping; pings of a leader that serves this learner are answered. */
    Packet readBesidePings() {
      Packet packet = read();
      while (packet.type() == PING) {
        if (served) {
          packet(PING, packet.zxid(), new byte[0]);
        }
        packet = read();
      }
      served |= packet.type() == UPTODATE;
      return packet;
    }

    Word readWord() {
      try {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        Jute.In word = new Jute.In(frame);
        int state = word.i32();
        long leader = word.i64();
        long zxid = word.i64();
        long round = word.i64();
        long epoch = word.i64();
        if (word.i32() != 2) {
          throw new AssertionError("a notification of another version than 2");
        }
        return new Word(state, leader, zxid, round, epoch, word.str());
      } catch (IOException e) {
        throw new AssertionError("a notification was to come, but: " + e, e);
      }
    }

    private byte[] buffer() throws IOException {
      int length = in.readInt();
      if (length < 0) {
        return null;
      }
      byte[] bytes = new byte[length];
      in.readFully(bytes);
      return bytes;
    }

    private static String text(byte[] bytes) {
      return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether the other side closes, whatever it still says before. */
    boolean isClosedByPeer() {
      try {
        byte[] rest = new byte[4096];
        while (in.read(rest) >= 0) {
          // It had more to say.
        }
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    /** Whether nothing comes for so long. What comes is lost. */
    boolean isSilent(int ms) {
      try {
        socket.setSoTimeout(ms);
        in.read();
        return false;
      } catch (SocketTimeoutException e) {
        return true;
      } catch (IOException e) {
        return false;
      } finally {
        patient();
      }
    }

    private void patient() {
      try {
        socket.setSoTimeout(PATIENCE_MS);
      } catch (IOException e) {
        // It is closed; the next read says so.
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  final long sid;
  private final String electionAddress;
  private final ServerSocket elections;
  private final ServerSocket learners;

  ScriptedPeer(long sid, int quorumPort, int electionPort) {
    this.sid = sid;
    this.electionAddress = "127.0.0.1:" + electionPort;
    this.elections = listen(electionPort);
    this.learners = listen(quorumPort);
  }

  private static ServerSocket listen(int port) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
      socket.setSoTimeout(PATIENCE_MS);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Link accept(ServerSocket socket) {
    try {
      return new Link(socket.accept());
    } catch (IOException e) {
      throw new AssertionError("a connection was to come, but: " + e, e);
    }
  }

  /** A learner that was told of this leader comes. */
  Link acceptLearner() {
    return accept(learners);
  }

  /** Someone dials the election port; its handshake is read. */
  Link acceptElection() {
    Link link = accept(elections);
    try {
      link.in.readLong();
      link.in.readLong();
      link.buffer();
    } catch (IOException e) {
      throw new AssertionError("a handshake was to come, but: " + e, e);
    }
    return link;
  }

  /** The election connection with a server: the larger id is the one to dial. */
  Link elect(long peer, int port) {
    return sid > peer ? Link.dial(port).send(handshake()) : acceptElection();
  }

  byte[] handshake() {
    return handshake(V1, sid, electionAddress);
  }

  static byte[] handshake(long version, long sid, String addresses) {
    return new Jute.Out().i64(version).i64(sid).str(addresses).bytes();
  }

  /** A frame of the election port. */
  static byte[] word(Word word) {
    return RawClient.framed(
        new Jute.Out()
            .i32(word.state())
            .i64(word.leader())
            .i64(word.zxid())
            .i64(word.round())
            .i64(word.epoch())
            .i32(2)
            .str(word.config())
            .bytes());
  }

  /** A packet without its authinfo. */
  static Jute.Out packet(int type, long zxid, byte[] data) {
    return new Jute.Out().i32(type).i64(zxid).buf(data);
  }

  /** What a learner says of itself. */
  static byte[] learnerInfo(long sid) {
    return new Jute.Out().i64(sid).i32(0x10000).i64(0).bytes();
  }

  @Override
  public void close() {
    try {
      elections.close();
      learners.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
