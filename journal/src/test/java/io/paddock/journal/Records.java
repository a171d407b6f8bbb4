package io.paddock.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** Records whose payload follows from their zxid, and what tests do with them. */
final class Records {
  static final JournalSettings SMALL = JournalSettings.defaults().withPreAllocBytes(4096);

  private Records() {}

  /** A header with this zxid, and 0 to 199 more bytes that follow from it, never zero. */
  static byte[] payload(long zxid) {
    Random random = new Random(zxid);
    ByteBuffer bytes = ByteBuffer.allocate(32 + random.nextInt(200));
    bytes.putLong(0x1000L + zxid).putInt(7).putLong(zxid).putLong(1_700_000_000_000L).putInt(5);
    while (bytes.hasRemaining()) {
      bytes.put((byte) (1 + random.nextInt(255)));
    }
    return bytes.array();
  }

  static void append(TxnLog log, long zxid) throws IOException {
    byte[] payload = payload(zxid);
    log.append(zxid, payload, 0, payload.length);
  }

  static void appendAll(TxnLog log, long from, long to) throws IOException {
    for (long zxid = from; zxid <= to; zxid++) {
      append(log, zxid);
    }
  }

  static TxnLog log(Storage storage, JournalSettings settings, long last) {
    return new TxnLog(
        storage, settings, last, () -> 0, new LogIndex(), new Inventory(storage, storage));
  }

  /** A file with these records, as a clean shutdown leaves it. */
  static void logFile(Storage storage, long from, long to) throws IOException {
    try (TxnLog log = log(storage, SMALL, from - 1)) {
      appendAll(log, from, to);
    }
  }

  static Journal open(Storage storage) throws IOException {
    return open(storage, SMALL);
  }

  static Journal open(Storage storage, JournalSettings settings) throws IOException {
    return Journal.open(storage, storage, settings, () -> 0);
  }

  /** A snapshot whose body names its zxid, of about this many bytes. */
  static void snapshot(Journal journal, long zxid, int bytes) throws IOException {
    journal.writeSnapshot(zxid, OptionalLong.of(~zxid), out -> out.write(body(zxid, bytes)));
  }

  static byte[] body(long zxid, int bytes) {
    byte[] body = new byte[bytes];
    new Random(zxid).nextBytes(body);
    byte[] end = ("zxid " + zxid + "\0\0\0\1/").getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(end, 0, body, bytes - end.length, end.length);
    return body;
  }

  /** Reads a body and fails unless it is the one of its zxid. */
  static long checkedBody(long zxid, InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    in.transferTo(read);
    assertThat(read.toByteArray()).isEqualTo(body(zxid, read.size()));
    return zxid;
  }

  /** What a recovery found. */
  record Recovered(long snapshot, List<Long> zxids, long last, List<Finding> findings) {}

  /** Walks through the files; checks each payload. */
  static Recovered recover(Journal journal) throws IOException {
    Recovery recovery = journal.recover();
    long snapshot = recovery.load(Records::checkedBody).orElse(-1L);
    List<Long> zxids = new ArrayList<>();
    long last = recovery.replay(collector(zxids));
    return new Recovered(snapshot, zxids, last, recovery.findings());
  }

  static Recovered recover(Storage storage) throws IOException {
    try (Journal journal = open(storage)) {
      return recover(journal);
    }
  }

  static RecordSink collector(List<Long> zxids) {
    return (zxid, buf, off, len) -> {
      assertThat(ByteBuffer.wrap(buf, off, len)).isEqualTo(ByteBuffer.wrap(payload(zxid)));
      zxids.add(zxid);
    };
  }

  static List<Long> range(long from, long to) {
    List<Long> zxids = new ArrayList<>();
    for (long zxid = from; zxid <= to; zxid++) {
      zxids.add(zxid);
    }
    return zxids;
  }

  /** Offset of the n-th record (0 = the first) of a file that starts with this zxid. */
  static int offsetOf(long firstZxid, int n) {
    int offset = LogFormat.HEADER_BYTES;
    for (int i = 0; i < n; i++) {
      offset += payload(firstZxid + i).length + LogFormat.RECORD_EXTRA_BYTES;
    }
    return offset;
  }

  /** Something that may fail with an I/O error. */
  interface IoAction {
    void run() throws IOException;
  }
}
