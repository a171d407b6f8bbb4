package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server process on a real file system that is full: a small tmpfs, which needs root. */
class FullDiskTest {
  private static final int WRITES = 400;
  private static final int REFUSALS = 200;
  private static final int SYSTEMERROR = -1;
  private static final Duration ROOM_MAX = Duration.ofSeconds(30);

  @TempDir Path dir;
  private Path folder;
  private SmallDisk disk;

  @BeforeEach
  void mount() throws IOException {
    folder = Files.createDirectory(dir.resolve("disk"));
    disk = new SmallDisk(folder, 1);
  }

  @AfterEach
  void unmount() {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void aFullDiskRefusesWritesKeepsServingReadsAndGoesOnWhenThereIsRoom() throws IOException {
    List<String> settings = List.of("preAllocSize=64", "snapCount=1000");
    try (ProgramUnderTest server = new ProgramUnderTest(dir, folder, settings)) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      try (RawClient client = RawClient.session(server.port())) {
        assertThat(client.call(Op.create("/mine", Op.EPHEMERAL)).err()).isZero();
        disk.fillUp();
        writer.write(RawClient.session(server.port()), () -> writer.refusals() >= REFUSALS);
        assertThat(client.call(Op.setData("/w/reg", "0")).err()).isEqualTo(SYSTEMERROR);
        assertThat(client.call(Op.getData("/w/reg", false)).err()).isZero();
        assertThat(client.call(Op.path(OpCode.SYNC, "/")).err()).isZero();
        assertThat(client.call(Op.bare(OpCode.PING)).kind()).isEqualTo(Kind.FRAME);
        disk.makeRoom();
        awaitRoom(client);
        assertThat(client.call(Op.exists("/mine", false)).err()).isZero();
      }
      int before = writer.acknowledged();
      writer.write(
          RawClient.session(server.port()), () -> writer.acknowledged() >= before + WRITES);
      writer.verify(server.port());
      disk.fillUp();
      int refusals = writer.refusals();
      writer.write(
          RawClient.session(server.port()), () -> writer.refusals() >= refusals + REFUSALS);
      server.kill();
      server.start();
      disk.makeRoom();
      awaitSession(server.port());
      writer.verify(server.port());
    }
  }

  /** New sessions need room too. */
  private static void awaitSession(int port) {
    long deadline = System.nanoTime() + ROOM_MAX.toNanos();
    while (true) {
      try (RawClient client = new RawClient(port)) {
        Welcome welcome =
            client.handshake(RawClient.connectRequest(0, 30_000, 0, new byte[16], true));
        if (welcome != null) {
          return;
        }
      }
      assertThat(System.nanoTime()).as("sessions are made again").isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static void awaitRoom(RawClient client) {
    long deadline = System.nanoTime() + ROOM_MAX.toNanos();
    while (client.call(Op.create("/room", "again")).err() == SYSTEMERROR) {
      assertThat(System.nanoTime()).as("writes go on").isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
  }
}
