package io.paddock.tree;

import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;

/**
 * A transaction: header, body, and the tree's digest after it where it has one. Its encoding is the
 * payload of a log record and of a proposal (data directory sheet, section 2.3). Immutable.
 */
public final class Txn {
  private final TxnHeader header;
  private final TxnBody body;
  private final boolean hasDigest;
  private final long digest;

  private Txn(TxnHeader header, TxnBody body, boolean hasDigest, long digest) {
    this.header = header;
    this.body = body;
    this.hasDigest = hasDigest;
    this.digest = digest;
  }

  static Txn of(TxnHeader header, TxnBody body) {
    return new Txn(header, body, false, 0);
  }

  static Txn of(TxnHeader header, TxnBody body, long digest) {
    return new Txn(header, body, true, digest);
  }

  public TxnHeader header() {
    return header;
  }

  public TxnBody body() {
    return body;
  }

  public long zxid() {
    return header.zxid();
  }

  /** Whether the record carries a digest of version 2. */
  public boolean hasDigest() {
    return hasDigest;
  }

  /** The tree's digest after this transaction; 0 when there is none. */
  public long digest() {
    return digest;
  }

  public void write(JuteWriter out) {
    throw new UnsupportedOperationException();
  }

  /**
   * Decodes the whole rest of {@code in}.
   *
   * @throws io.paddock.wire.MalformedException when it is not a transaction, or of an unknown type
   */
  public static Txn read(JuteReader in) {
    throw new UnsupportedOperationException();
  }
}
