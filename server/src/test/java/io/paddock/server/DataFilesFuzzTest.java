package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.paddock.journal.Codec;
import io.paddock.journal.DamagedException;
import io.paddock.journal.Finding;
import io.paddock.journal.Journal;
import io.paddock.journal.MemoryStorage;
import io.paddock.machine.DataLoader;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Adler32;
import org.slf4j.LoggerFactory;

/**
 * Damages the files of a data directory and starts on them. A start either ends with the reason,
 * file and remedy, or has a tree that the server once had; if that is not the newest one, it says
 * what it cut off. With checksums made to fit (as a writer with a fault would leave them) the tree
 * may be another, but nothing else may go wrong.
 *
 * <p>Input: which directory and whether checksums are mended, one byte; then six bytes for each
 * damage: file, kind, two of the place, two of the value.
 */
class DataFilesFuzzTest {
  private static final int EDIT_BYTES = 6;
  private static final List<Codec> CODECS = List.of(Codec.values());
  private static final List<SampleDirectory> DIRECTORIES =
      CODECS.stream().map(SampleDirectory::new).toList();

  static {
    ((Logger) LoggerFactory.getLogger(DataLoader.class)).setLevel(Level.OFF);
  }

  @FuzzTest
  void aDamagedDirectoryIsRefusedOrLoadedAsItOnceWas(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    int which = (input[0] & 0x7f) % CODECS.size();
    boolean mended = input[0] < 0;
    SampleDirectory good = DIRECTORIES.get(which);
    Map<String, byte[]> files = new TreeMap<>(good.files());
    // What takes bytes away from the end of a log leaves a shorter log that nobody can tell.
    boolean shortened = false;
    for (int at = 1; at + EDIT_BYTES <= input.length && at < 60; at += EDIT_BYTES) {
      shortened |= damage(files, ByteBuffer.wrap(input, at, EDIT_BYTES), mended);
    }
    MemoryStorage storage = new MemoryStorage(1);
    files.forEach(storage::put);
    List<Finding> findings = new ArrayList<>();
    Tree tree;
    try (Journal journal =
        Journal.open(storage, storage, SampleDirectory.settings(CODECS.get(which)), () -> 0)) {
      DataLoader loader = new DataLoader(journal, TreeSettings.DEFAULT, true);
      tree = loader.load();
      findings.addAll(loader.findings());
      findings.addAll(journal.epochs().reconcile(tree.zxid()));
    } catch (DamagedException e) {
      assertTells(e.getMessage());
      assertThat(e.file()).isNotBlank();
      assertThat(e.remedy()).isNotBlank();
      return;
    }
    findings.forEach(finding -> assertTells(finding.toString()));
    if (!mended) {
      int state = good.stateOf(tree);
      assertThat(state).as("a tree that never was, with %s", findings).isNotNegative();
      if (state < SampleDirectory.TXNS && !shortened) {
        assertThat(findings).as("only %s", state).anyMatch(finding -> finding.bytesCut() > 0);
      }
    }
  }

  private static void assertTells(String line) {
    assertThat(line)
        .hasSizeBetween(20, 2000)
        .doesNotContain("null")
        .doesNotContain("Exception")
        .doesNotContain("\n");
  }

  /** Does one damage; whether bytes are gone that no reader can miss. */
  private static boolean damage(Map<String, byte[]> files, ByteBuffer edit, boolean mended) {
    List<String> names = List.copyOf(files.keySet());
    String name = names.get((edit.get() & 0xff) % names.size());
    byte[] bytes = files.get(name);
    int kind = (edit.get() & 0xff) % 8;
    int at = bytes.length == 0 ? 0 : (edit.getShort() & 0xffff) % bytes.length;
    int value = edit.getShort() & 0xffff;
    byte[] damaged =
        switch (kind) {
          case 0, 1 -> flipped(bytes, at, 1 << value % 8);
          case 2 -> flipped(bytes, at, value);
          case 3 -> overwritten(bytes, at, value);
          case 4 -> Arrays.copyOf(bytes, at);
          case 5 -> zeroed(bytes, at, value);
          case 6 -> inserted(bytes, at, value);
          default -> null;
        };
    if (damaged == null) {
      files.remove(name);
      return true;
    }
    files.put(name, mended ? mended(name, damaged, at) : damaged);
    return kind >= 3;
  }

  private static byte[] flipped(byte[] bytes, int at, int mask) {
    byte[] damaged = bytes.clone();
    if (bytes.length > 0) {
      damaged[at] ^= (byte) mask;
    }
    return damaged;
  }

  /** Four bytes, as odd lengths are made. */
  private static byte[] overwritten(byte[] bytes, int at, int value) {
    byte[] damaged = bytes.clone();
    int odd =
        new int[] {-1, -2, 0, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, value}[value % 7];
    if (at + 4 <= damaged.length) {
      ByteBuffer.wrap(damaged).putInt(at, odd);
    }
    return damaged;
  }

  private static byte[] zeroed(byte[] bytes, int at, int count) {
    byte[] damaged = bytes.clone();
    Arrays.fill(damaged, at, Math.min(damaged.length, at + count), (byte) 0);
    return damaged;
  }

  private static byte[] inserted(byte[] bytes, int at, int value) {
    byte[] damaged = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, damaged, 0, at);
    damaged[at] = (byte) value;
    System.arraycopy(bytes, at, damaged, at + 1, bytes.length - at);
    return damaged;
  }

  /** The same with a checksum that fits in the record, or the section, that has this place. */
  private static byte[] mended(String name, byte[] bytes, int at) {
    if (name.startsWith("log.")) {
      mendRecord(bytes, at);
    } else if (name.startsWith("snapshot.") && !name.contains("snappy") && !name.contains("gz")) {
      mendSeals(bytes);
    }
    return bytes;
  }

  private static void mendRecord(byte[] bytes, int at) {
    ByteBuffer log = ByteBuffer.wrap(bytes);
    int record = 16;
    while (record + 13 <= bytes.length) {
      int length = log.getInt(record + 8);
      if (length <= 0 || length > bytes.length - record - 13) {
        return;
      }
      if (at < record + 13 + length) {
        log.putLong(record, adler(bytes, record + 12, length));
        return;
      }
      record += 13 + length;
    }
  }

  /** A snapshot ends with three seals; their places do not change. */
  private static void mendSeals(byte[] bytes) {
    for (int fromEnd : new int[] {13 + 21 + 33, 13 + 21, 13}) {
      int seal = bytes.length - fromEnd;
      if (seal > 16) {
        ByteBuffer.wrap(bytes).putLong(seal, adler(bytes, 0, seal));
      }
    }
  }

  private static long adler(byte[] bytes, int from, int length) {
    Adler32 adler = new Adler32();
    adler.update(bytes, from, length);
    return adler.getValue();
  }
}
