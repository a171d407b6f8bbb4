package io.paddock.oracle;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A server that is right, behind a proxy that is not: the tests' canary. It passes requests on and
 * changes or reorders what comes back.
 */
final class LyingProxy implements ServerUnderTest {

  /** One connection's lie: frames of the server in, frames for the client out. */
  interface Lie {
    List<Frame> tell(Frame frame);

    /** What was held back too long, as no further frame came. */
    default List<Frame> giveUp() {
      return List.of();
    }
  }

  private final ServerUnderTest honest;
  private final Supplier<Lie> lies;
  private final ServerSocket listening;

  LyingProxy(ServerUnderTest honest, Supplier<Lie> lies) {
    this.honest = honest;
    this.lies = lies;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "lying proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        client.setTcpNoDelay(true);
        RawClient server = new RawClient(honest.port());
        daemon(() -> requests(client, server));
        daemon(() -> replies(client, server, lies.get()));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static void requests(Socket client, RawClient server) {
    try (server) {
      InputStream in = client.getInputStream();
      byte[] buffer = new byte[65_536];
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        server.sendRaw(java.util.Arrays.copyOf(buffer, n));
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private static void replies(Socket client, RawClient server, Lie lie) {
    try (client) {
      OutputStream out = client.getOutputStream();
      byte[] welcome = server.readPayload(RawClient.PATIENCE);
      if (welcome == null) {
        return;
      }
      out.write(RawClient.framed(welcome));
      while (true) {
        Frame frame = server.next(Duration.ofMillis(20));
        if (frame.kind() == Kind.END) {
          return;
        }
        List<Frame> told = frame.kind() == Kind.SILENCE ? lie.giveUp() : lie.tell(frame);
        for (Frame f : told) {
          Jute.Out bytes = new Jute.Out().i32(f.xid()).i64(f.zxid()).i32(f.err()).raw(f.body());
          out.write(RawClient.framed(bytes.bytes()));
        }
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  @Override
  public int port() {
    return listening.getLocalPort();
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    honest.close();
  }
}
