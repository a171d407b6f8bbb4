package io.paddock.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.journal.DiskFullException;
import io.paddock.journal.FilesLostException;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.Recovery;
import io.paddock.journal.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {
  @TempDir Path folder;

  @Test
  void aMissingDirectoryIsCreatedAndLocked() throws IOException {
    Path directory = folder.resolve("a/version-2");
    try (FileStorage storage = FileStorage.open(directory)) {
      assertThat(directory).isDirectory();
      assertThatThrownBy(() -> FileStorage.open(directory))
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("another Paddock server");
      assertThat(storage.list()).containsExactly(FileStorage.LOCK_NAME);
    }
    FileStorage.open(directory).close();
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsRefusedByName() throws IOException {
    Path file = Files.writeString(folder.resolve("data"), "x");
    assertThatThrownBy(() -> FileStorage.open(file)).hasMessageContaining(file.toString());
  }

  @Test
  void bytesAreWrittenAndReadAtPositions() throws IOException {
    try (FileStorage storage = FileStorage.open(folder)) {
      try (Storage.Handle handle = storage.create("f")) {
        handle.write(bytes("world"), 6);
        handle.write(bytes("hello "), 0);
        handle.force();
        assertThat(handle.size()).isEqualTo(11);
        handle.truncate(8);
      }
      try (Storage.Handle handle = storage.open("f")) {
        ByteBuffer target = ByteBuffer.allocate(20);
        assertThat(handle.read(target, 4)).isEqualTo(4);
        assertThat(new String(target.array(), 0, 4, StandardCharsets.US_ASCII)).isEqualTo("o wo");
        assertThat(handle.read(target, 8)).isEqualTo(-1);
      }
      assertThat(storage.size("f")).isEqualTo(8);
      storage.create("f").close();
      assertThat(storage.size("f")).isZero();
    }
  }

  @Test
  void namesAreListedRenamedAndDeletedButFoldersAreNotFiles() throws IOException {
    Files.createDirectory(folder.resolve("lost+found"));
    try (FileStorage storage = FileStorage.open(folder)) {
      storage.create("a").close();
      storage.create("b").close();
      storage.rename("a", "b");
      storage.syncDirectory();
      assertThat(storage.list()).containsExactlyInAnyOrder("b", FileStorage.LOCK_NAME);
      assertThat(storage.exists("a")).isFalse();
      assertThat(storage.exists("b")).isTrue();
      storage.delete("b");
      assertThatThrownBy(() -> storage.open("b")).isInstanceOf(NoSuchFileException.class);
      assertThatThrownBy(() -> storage.delete("b")).isInstanceOf(NoSuchFileException.class);
      assertThat(storage.describe("b")).isEqualTo(folder.resolve("b").toString());
    }
  }

  @Test
  void aDirectoryThatWasRemovedIsMissedAndMadeAnew() throws IOException {
    Path directory = folder.resolve("data/version-2");
    try (FileStorage storage = FileStorage.open(directory);
        Storage.Handle handle = storage.create("log.1")) {
      assertThat(storage.misplaced()).isNull();
      Storage.Mark mark = storage.mark("log.1");
      handle.write(bytes("x"), 0);
      assertThat(storage.mark("log.1")).isEqualTo(new Storage.Mark(mark.identity(), 1));
      remove(folder.resolve("data"));
      assertThat(storage.misplaced()).isEqualTo(directory + " is gone");
      assertThat(storage.mark("log.1")).isNull();
      assertThatThrownBy(() -> storage.create("log.2"))
          .isInstanceOf(FilesLostException.class)
          .hasMessageContaining(directory + " is gone");
      assertThat(storage.remake()).as("somebody else's").isTrue();
      assertThat(storage.misplaced()).isNull();
      assertThatThrownBy(() -> FileStorage.open(directory)).hasMessageContaining("in use");
      storage.create("log.1").close();
      assertThat(storage.mark("log.1").identity()).isNotEqualTo(mark.identity());
    }
    FileStorage.open(directory).close();
  }

  @Test
  void aDirectoryThatComesBackIsKnownAndAStrangersIsNot() throws IOException {
    Path directory = folder.resolve("version-2");
    Path away = folder.resolve("away");
    try (FileStorage storage = FileStorage.open(directory)) {
      storage.create("log.1").close();
      Files.move(directory, away);
      Files.createDirectory(directory);
      assertThat(storage.misplaced()).contains("another directory");
      assertThat(storage.remake()).isTrue();
      Files.move(directory, folder.resolve("second"));
      Files.move(away, directory);
      assertThat(storage.misplaced()).contains("another directory");
      assertThat(storage.remake()).as("its own, come back").isFalse();
      assertThat(storage.list()).contains("log.1");
    }
  }

  @Test
  void aLockThatWasRemovedIsTakenAgainUnlessAnotherServerWasQuicker() throws IOException {
    try (FileStorage storage = FileStorage.open(folder)) {
      Files.delete(folder.resolve(FileStorage.LOCK_NAME));
      assertThat(storage.misplaced()).contains(FileStorage.LOCK_NAME + " is gone");
      assertThat(storage.remake()).isFalse();
      assertThat(storage.misplaced()).isNull();
      Files.delete(folder.resolve(FileStorage.LOCK_NAME));
      try (FileStorage quicker = FileStorage.open(folder)) {
        assertThat(quicker.misplaced()).isNull();
        assertThatThrownBy(storage::remake)
            .isNotInstanceOf(DiskFullException.class)
            .hasMessageContaining("in use by another Paddock server");
      }
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Linux has a file that is always full. */
  @Test
  void aFullDiskIsToldFromOtherErrors() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.isWritable(full));
    Files.createSymbolicLink(folder.resolve("log.1"), full);
    try (FileStorage storage = FileStorage.open(folder);
        Storage.Handle handle = storage.open("log.1")) {
      assertThatThrownBy(() -> handle.write(bytes("x"), 0))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining("log.1");
    }
  }

  @Test
  void aJournalOnRealFilesComesBack() throws IOException {
    byte[] payload = new byte[64];
    try (FileStorage storage = FileStorage.open(folder);
        Journal journal =
            Journal.open(storage, storage, JournalSettings.defaults(), System::nanoTime)) {
      assertThat(walk(journal, new ArrayList<>())).isZero();
      journal.writeSnapshot(
          0, OptionalLong.empty(), out -> out.write(new byte[] {0, 0, 0, 1, '/'}));
      for (long zxid = 1; zxid <= 100; zxid++) {
        ByteBuffer.wrap(payload).putLong(12, zxid);
        journal.log().append(zxid, payload, 0, payload.length);
        assertThat(journal.log().force()).isEqualTo(zxid);
      }
      while (journal.log().preallocate()) {
        assertThat(Files.size(folder.resolve("log.1"))).isLessThan(80L << 20);
      }
    }
    List<Long> zxids = new ArrayList<>();
    try (FileStorage storage = FileStorage.open(folder);
        Journal journal =
            Journal.open(storage, storage, JournalSettings.defaults(), System::nanoTime)) {
      assertThat(walk(journal, zxids)).isEqualTo(100);
    }
    assertThat(zxids).hasSize(100);
    assertThat(Files.size(folder.resolve("log.1"))).isEqualTo(16 + 100 * 77);
  }

  private static long walk(Journal journal, List<Long> zxids) throws IOException {
    Recovery recovery = journal.recover();
    recovery.load((zxid, body) -> body.readAllBytes());
    return recovery.replay((zxid, buf, off, len) -> zxids.add(zxid));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
