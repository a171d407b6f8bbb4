package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.Storage;
import io.paddock.wire.Acl;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with threads, sockets and files, whose disk fails under it. */
@ExtendWith(QuietLog.class)
class FailingServerTest {
  @TempDir Path dir;

  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicInteger changesWhenBroken = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  @Test
  void aFailedForceEndsTheServerThroughItsHookOnceAndARestartHasWhatWasAcknowledged()
      throws Exception {
    PaddockServer server = start(storage -> new InterleavedStorage(storage, this::breakHere));
    try (Client client = new Client(server.clientPort())) {
      assertThat(client.create("/acknowledged")).isZero();
      broken.set(true);
      assertThat(client.create("/never-acknowledged")).as("the connection ends").isNull();
    }
    server.awaitTermination();
    assertThat(failures).as("calls of the hook").hasValue(1);
    assertThat(changesWhenBroken).as("attempts on the broken disk").hasValue(1);
    server.close();

    broken.set(false);
    try (PaddockServer next = start(UnaryOperator.identity());
        Client client = new Client(next.clientPort())) {
      assertThat(client.create("/acknowledged")).isEqualTo(-110);
      assertThat(client.create("/goes-on")).isZero();
    }
    assertThat(failures).hasValue(1);
  }

  private void breakHere() throws IOException {
    if (broken.get()) {
      changesWhenBroken.incrementAndGet();
      throw new IOException("Input/output error");
    }
  }

  private PaddockServer start(UnaryOperator<Storage> files) throws Exception {
    Map<String, String> settings =
        Map.of(
            "dataDir", dir.toString(),
            "clientPort", "0",
            "clientPortAddress", "127.0.0.1",
            "admin.enableServer", "false",
            "preAllocSize", "64");
    return PaddockServer.start(ZooCfg.of(settings, Map.of()), failures::incrementAndGet, files);
  }

  /** As little of a client as will do. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      in = new DataInputStream(socket.getInputStream());
      JuteWriter hello = new JuteWriter();
      hello.writeInt(0);
      hello.writeLong(0);
      hello.writeInt(30_000);
      hello.writeLong(0);
      hello.writeBuffer(new byte[16]);
      hello.writeBoolean(false);
      send(hello);
      receive();
    }

    /** The reply's error; null when the connection has ended instead. */
    Integer create(String path) throws IOException {
      JuteWriter request = new JuteWriter();
      request.writeInt(1);
      request.writeInt(OpCode.CREATE.code());
      new Op.Create(OpCode.CREATE, path, new byte[0], Acl.OPEN, 0, -1).write(request);
      try {
        send(request);
        JuteReader reply = receive();
        reply.readInt();
        reply.readLong();
        return reply.readInt();
      } catch (EOFException | SocketException ended) {
        return null;
      }
    }

    private void send(JuteWriter body) throws IOException {
      JuteWriter frame = new JuteWriter();
      frame.writeBuffer(body.toByteArray());
      socket.getOutputStream().write(frame.array(), 0, frame.size());
    }

    private JuteReader receive() throws IOException {
      return new JuteReader(in.readNBytes(in.readInt()));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
