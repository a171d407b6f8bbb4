package io.paddock.journal;

/**
 * The numbers of a snapshot file (files protocol sheet, section 3.1). Everything is big-endian; the
 * codec, if any, wraps the whole.
 *
 * <pre>
 *   header    int magic "ZKSN" | int version 2 | long dbid -1
 *   body      sessions, ACLs, nodes, ustring "/": the caller's business
 *   seal      long Adler-32 of everything before it, seals included | ustring "/"
 *   digest    long zxid | int version 2 | long tree digest, then a seal            optional; zxid 0 = unknown
 *   last zxid long, then a seal                                                    optional
 * </pre>
 *
 * <p>What a crash leaves behind: a snapshot is written under a temporary name, forced, renamed, and
 * the directory is forced. So there is either no file with the final name or a whole one; a
 * leftover temporary file is removed at the next start. Apache's server writes periodic snapshots
 * in place and unforced: such a file may stop anywhere or hold zeros, fails the seals, and an older
 * one is used.
 */
final class SnapshotFormat {
  static final int MAGIC = 0x5a4b534e;
  static final int VERSION = 2;
  static final long DBID = -1;
  static final int HEADER_BYTES = 16;

  static final int SEAL_BYTES = 13;
  static final int DIGEST_BYTES = 20;
  static final int LAST_ZXID_BYTES = 8;
  static final int TAIL_BYTES_MAX = 3 * SEAL_BYTES + DIGEST_BYTES + LAST_ZXID_BYTES;
  static final int DIGEST_VERSION = 2;

  /** Stands in a digest section that has nothing to say, as Apache's server writes it too. */
  static final long NO_DIGEST_ZXID = 0;

  private SnapshotFormat() {}
}
