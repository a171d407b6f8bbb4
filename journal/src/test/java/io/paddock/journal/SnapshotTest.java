package io.paddock.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.zip.Adler32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotTest {
  private final MemoryStorage storage = new MemoryStorage(1);

  @Test
  void theSectionsStandAsInTheSheet() throws IOException {
    String header = "5a4b534e" + "00000002" + "ffffffffffffffff";
    String body = "0000000000000000" + "000000012f";
    try (Journal journal = Records.open(storage)) {
      long bytes =
          journal.writeSnapshot(
              0x1_00000005L,
              OptionalLong.of(0x51c6d660L),
              out -> out.write(HexFormat.of().parseHex(body)));
      assertThat(bytes).isEqualTo(16 + 13 + 67);
    }
    String sealed = header + body + seal(header + body);
    String digest = sealed + "0000000100000005" + "00000002" + "0000000051c6d660";
    digest += seal(digest);
    String last = digest + "0000000100000005";
    last += seal(last);
    assertThat(HexFormat.of().formatHex(storage.get("snapshot.100000005"))).isEqualTo(last);
    assertThat(storage.list()).containsExactlyInAnyOrder("snapshot.100000005", SnapshotMemory.NAME);
  }

  @Test
  void anUnknownDigestIsWrittenAsZeros() throws IOException {
    try (Journal journal = Records.open(storage)) {
      journal.writeSnapshot(5, OptionalLong.empty(), out -> out.write(Records.body(5, 500)));
      Recovery recovery = journal.recover();
      assertThat(recovery.load(Records::checkedBody)).contains(5L);
      assertThat(recovery.snapshot())
          .contains(new SnapshotMeta(5, 0, OptionalLong.empty(), OptionalLong.of(5)));
    }
    byte[] section =
        Arrays.copyOfRange(storage.get("snapshot.5"), 16 + 500 + 13, 16 + 500 + 13 + 20);
    assertThat(HexFormat.of().formatHex(section))
        .isEqualTo("0000000000000000000000020000000000000000");
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void aSnapshotOfWhichAByteChangedIsTheSameOrPassedOverInEveryCodec(Codec codec)
      throws IOException {
    Records.logFile(storage, 1, 5);
    try (Journal journal = Records.open(storage, Varied.snapshotCodec(Records.SMALL, codec))) {
      Records.snapshot(journal, 0, 100);
      Records.snapshot(journal, 5, 100);
    }
    byte[] whole = storage.get(codec.nameOf(5));
    for (int at = 0; at < whole.length; at++) {
      for (int mask : new int[] {1, 0x80, 0xff}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) mask;
        storage.put(codec.nameOf(5), damaged);
        Records.Recovered recovered = Records.recover(storage);
        assertThat(recovered.last()).isEqualTo(5);
        if (recovered.snapshot() == 0) {
          assertThat(recovered.findings()).hasSize(1);
          assertThat(recovered.findings().get(0).toString()).doesNotContain("null", "java.");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void aBodyComesBackInEveryCodecWithItsDigest(Codec codec) throws IOException {
    for (int bytes : new int[] {40, (1 << 20) - 16, 1 << 20, (1 << 20) + 51, 5_000_000}) {
      try (Journal journal = Records.open(storage, Varied.snapshotCodec(Records.SMALL, codec))) {
        Records.snapshot(journal, bytes, bytes);
        assertThat(storage.list()).contains(codec.nameOf(bytes));
        Recovery recovery = journal.recover();
        assertThat(recovery.load(Records::checkedBody)).contains((long) bytes);
        assertThat(recovery.snapshot())
            .contains(
                new SnapshotMeta(
                    bytes,
                    bytes,
                    OptionalLong.of(~bytes & 0xffff_ffff_ffff_ffffL),
                    OptionalLong.of(bytes)));
        assertThat(recovery.findings()).isEmpty();
      }
    }
  }

  /** Apache's flags leave sections out; the seals tell which. */
  @Test
  void everyCombinationOfSectionsIsTold() throws IOException {
    for (int size = 30; size < 120; size++) {
      byte[] body = Records.body(9, size);
      byte[] plain = concat(HexFormat.of().parseHex("5a4b534e00000002ffffffffffffffff"), body);
      byte[] digest = ByteBuffer.allocate(20).putLong(9).putInt(2).putLong(77).array();
      byte[] zxid = ByteBuffer.allocate(8).putLong(9).array();
      OptionalLong none = OptionalLong.empty();
      assertMeta(sealed(plain), body, new SnapshotMeta(9, 0, none, none));
      assertMeta(
          sealed(concat(sealed(plain), digest)),
          body,
          new SnapshotMeta(9, 9, OptionalLong.of(77), none));
      assertMeta(
          sealed(concat(sealed(plain), zxid)),
          body,
          new SnapshotMeta(9, 0, none, OptionalLong.of(9)));
      assertMeta(
          sealed(concat(sealed(concat(sealed(plain), digest)), zxid)),
          body,
          new SnapshotMeta(9, 9, OptionalLong.of(77), OptionalLong.of(9)));
    }
  }

  @Test
  void noByteCanChangeUnnoticed() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 5, 200);
    }
    byte[] whole = storage.get("snapshot.5");
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      assertThatThrownBy(() -> readThrough(damaged, 5))
          .as("byte %d", at)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void noPrefixPassesForTheWhole() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 5, 200);
    }
    byte[] whole = storage.get("snapshot.5");
    for (int size = 0; size < whole.length; size++) {
      byte[] cut = Arrays.copyOf(whole, size);
      // The first seal, and the second, end prefixes that Apache's optional sections make whole.
      if (size == 16 + 200 + 13 || size == 16 + 200 + 13 + 33) {
        readThrough(cut, 5);
      } else {
        assertThatThrownBy(() -> readThrough(cut, 5))
            .as("%d bytes", size)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void whatAReaderLeavesOfTheBodyMakesTheSnapshotDamaged() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 5, 3_000_000);
      assertThatThrownBy(() -> journal.recover().load((zxid, body) -> body.readNBytes(2_999_999)))
          .isInstanceOf(DamagedException.class);
      assertThat(journal.recover().load((zxid, body) -> body.readNBytes(3_000_000).length))
          .contains(3_000_000);
    }
  }

  @Test
  void aBodyThatFailsLeavesNoFile() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 1, 100);
      assertThatThrownBy(
              () ->
                  journal.writeSnapshot(
                      2,
                      OptionalLong.empty(),
                      out -> {
                        out.write(new byte[3_000_000]);
                        throw new IllegalStateException("the tree is gone");
                      }))
          .hasMessage("the tree is gone");
      assertThat(storage.list()).containsExactlyInAnyOrder("snapshot.1", SnapshotMemory.NAME);
    }
  }

  @Test
  void aFullDiskLeavesTheOlderSnapshotAndNoPart() throws IOException {
    try (Journal journal = Records.open(storage)) {
      Records.snapshot(journal, 1, 100);
      storage.setCapacityBytes(storage.usedBytes() + 1_000_000);
      assertThatThrownBy(() -> Records.snapshot(journal, 2, 3_000_000))
          .isInstanceOf(DiskFullException.class);
      assertThat(storage.list()).containsExactlyInAnyOrder("snapshot.1", SnapshotMemory.NAME);
      assertThat(Records.recover(journal).snapshot()).isEqualTo(1);
    }
  }

  @Test
  void anUnfinishedFileOfOursIsRemovedAtTheNextStart() throws IOException {
    storage.put("tmp.snapshot.5", new byte[100]);
    Records.open(storage).close();
    assertThat(storage.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"PLAIN, snapshot.1f", "GZIP, snapshot.1f.gz", "SNAPPY, snapshot.1f.snappy"})
  void aSnapshotsNameTellsItsCodec(Codec codec, String name) {
    assertThat(codec.nameOf(0x1f)).isEqualTo(name);
    assertThat(FileName.parse(name, "snapshot.").codec()).isEqualTo(codec);
  }

  private static void assertMeta(byte[] file, byte[] body, SnapshotMeta meta) throws IOException {
    try (SnapshotReader reader = new SnapshotReader(new ByteArrayInputStream(file), meta.zxid())) {
      assertThat(reader.readAllBytes()).isEqualTo(body);
      reader.requireEnd();
      assertThat(reader.meta()).isEqualTo(meta);
    }
  }

  private static void readThrough(byte[] file, long zxid) throws IOException {
    try (SnapshotReader reader = new SnapshotReader(new ByteArrayInputStream(file), zxid)) {
      reader.readAllBytes();
      reader.requireEnd();
    }
  }

  private static String seal(String hex) {
    Adler32 adler = new Adler32();
    adler.update(HexFormat.of().parseHex(hex));
    return HexFormat.of().toHexDigits(adler.getValue()) + "000000012f";
  }

  private static byte[] sealed(byte[] bytes) {
    return concat(bytes, HexFormat.of().parseHex(seal(HexFormat.of().formatHex(bytes))));
  }

  private static byte[] concat(byte[] a, byte[] b) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(a);
    both.writeBytes(b);
    return both.toByteArray();
  }
}
