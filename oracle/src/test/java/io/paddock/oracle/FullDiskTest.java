package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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
  private Path disk;

  @BeforeEach
  void mount() throws IOException {
    disk = Files.createDirectory(dir.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "paddock", disk.toString());
    Assumptions.assumeTrue(mounted, "mounting a small tmpfs needs root");
  }

  @AfterEach
  void unmount() {
    run("umount", "-l", disk.toString());
  }

  @Test
  void aFullDiskRefusesWritesKeepsServingReadsAndGoesOnWhenThereIsRoom() throws IOException {
    List<String> settings = List.of("preAllocSize=64", "snapCount=1000");
    try (ProgramUnderTest server = new ProgramUnderTest(dir, disk, settings)) {
      server.start();
      NumberedWriter writer = new NumberedWriter("/w");
      writer.prepare(server.port());
      try (RawClient client = RawClient.session(server.port())) {
        assertThat(client.call(Op.create("/mine", Op.EPHEMERAL)).err()).isZero();
        Path hog = Files.write(disk.resolve("hog"), new byte[600_000]);
        writer.write(server.port(), () -> writer.refusals() >= REFUSALS);
        assertThat(client.call(Op.setData("/w/reg", "0")).err()).isEqualTo(SYSTEMERROR);
        assertThat(client.call(Op.getData("/w/reg", false)).err()).isZero();
        assertThat(client.call(Op.path(OpCode.SYNC, "/")).err()).isZero();
        assertThat(client.call(Op.bare(OpCode.PING)).kind()).isEqualTo(Kind.FRAME);
        Files.delete(hog);
        awaitRoom(client);
        assertThat(client.call(Op.exists("/mine", false)).err()).isZero();
      }
      int before = writer.acknowledged();
      writer.write(server.port(), () -> writer.acknowledged() >= before + WRITES);
      writer.verify(server.port());
      Files.write(disk.resolve("hog"), new byte[400_000]);
      int refusals = writer.refusals();
      writer.write(server.port(), () -> writer.refusals() >= refusals + REFUSALS);
      server.kill();
      Files.delete(disk.resolve("hog"));
      server.start();
      writer.verify(server.port());
    }
  }

  private static void awaitRoom(RawClient client) {
    long deadline = System.nanoTime() + ROOM_MAX.toNanos();
    while (client.call(Op.create("/room", "again")).err() == SYSTEMERROR) {
      assertThat(System.nanoTime()).as("writes go on").isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static boolean run(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
