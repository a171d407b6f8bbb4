package io.paddock.peers;

import io.paddock.machine.ForeignProtocol;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import io.paddock.zab.ElectionHandshake;
import io.paddock.zab.Notification;
import io.paddock.zab.NotificationCodec;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks a server at its election port for its vote, as somebody who has none: who is not in the
 * configuration gets an answer at once and is not counted (quorum sheet, section 2.5 step 2).
 */
public final class ElectionProbe {
  /** Larger than any server's, so that the connection is kept, and no observer without an id. */
  static final long SID = ElectionHandshake.ANONYMOUS - 1;

  /** An answer of an earlier probe may be repeated before the one that counts. */
  private static final int SILENCE_MS = 300;

  private static final int LOOKING = 0;
  private static final int QUESTION_BYTES = 40;

  private ElectionProbe() {}

  /** Somebody is there who does not speak as a server does at its election port. */
  public static final class StrangeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean hangsUp;

    StrangeException(String message) {
      this(message, false);
    }

    StrangeException(String message, boolean hangsUp) {
      super(message);
      this.hangsUp = hangsUp;
    }

    /** Whether nothing was said, as where servers have to log in first. */
    public boolean hangsUp() {
      return hangsUp;
    }
  }

  /**
   * Asks; takes up to twice the time plus a little.
   *
   * @param sockets by TLS, where the servers speak it
   * @throws StrangeException when what is there is no election port
   * @throws SSLException when it cannot be talked to by TLS
   * @throws IOException when nobody can be reached there
   */
  public static Notification ask(
      InetAddress host, int port, int timeoutMs, Optional<SSLSocketFactory> sockets)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), timeoutMs);
      if (sockets.isEmpty()) {
        return talk(socket, timeoutMs);
      }
      socket.setSoTimeout(timeoutMs);
      try (SSLSocket secure =
          (SSLSocket) sockets.get().createSocket(socket, host.getHostAddress(), port, true)) {
        shakeHands(secure);
        return talk(secure, timeoutMs);
      }
    }
  }

  private static void shakeHands(SSLSocket socket) throws SSLException {
    try {
      socket.startHandshake();
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      throw (SSLException) new SSLHandshakeException(String.valueOf(e.getMessage())).initCause(e);
    }
  }

  private static Notification talk(Socket socket, int timeoutMs)
      throws StrangeException, SSLException {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMs);
      // In one piece each: Apache's server reads the handshake with one call.
      socket.getOutputStream().write(handshake(socket));
      socket.getOutputStream().write(question());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      Notification last = answer(in);
      socket.setSoTimeout(SILENCE_MS);
      try {
        while (true) {
          last = answer(in);
        }
      } catch (SocketTimeoutException | EOFException e) {
        return last;
      }
    } catch (StrangeException | SSLException e) {
      throw e;
    } catch (SocketTimeoutException e) {
      throw new StrangeException("somebody listens there and says nothing");
    } catch (IOException e) {
      throw new StrangeException("somebody listens there and hangs up", true);
    }
  }

  /** The same in plain text. */
  public static Notification ask(InetAddress host, int port, int timeoutMs) throws IOException {
    return ask(host, port, timeoutMs, Optional.empty());
  }

  private static byte[] handshake(Socket socket) {
    JuteWriter out = new JuteWriter(128);
    String host = socket.getLocalAddress().getHostAddress();
    new ElectionHandshake(SID, List.of(new ElectionHandshake.Address(host, socket.getLocalPort())))
        .write(out);
    return out.toByteArray();
  }

  /** In the form without a configuration (quorum sheet, section 2.4), which nobody has to parse. */
  private static byte[] question() {
    JuteWriter out = new JuteWriter(64);
    out.writeInt(QUESTION_BYTES);
    out.writeInt(LOOKING);
    out.writeLong(Long.MIN_VALUE);
    out.writeLong(Long.MIN_VALUE);
    out.writeLong(0);
    out.writeLong(Long.MIN_VALUE);
    out.writeInt(0);
    return out.toByteArray();
  }

  private static Notification answer(DataInputStream in) throws IOException {
    byte[] start = in.readNBytes(Integer.BYTES);
    if (start.length < Integer.BYTES) {
      throw new EOFException();
    }
    JuteReader reader = new JuteReader();
    int length = reader.reset(start, 0, start.length).readInt();
    if (length < 1 || length > NotificationCodec.FRAME_BYTES_MAX) {
      throw new StrangeException(
          "what answers there is no election port but "
              + ForeignProtocol.atPeerPort(start, 0, start.length, true));
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length < length) {
      throw new EOFException();
    }
    try {
      return NotificationCodec.read(reader.reset(frame, 0, length));
    } catch (MalformedException e) {
      throw new StrangeException("what answers there is no election message: " + e.getMessage());
    }
  }
}
