package io.paddock.zab;

/**
 * A transaction under its zxid, as opaque bytes that nobody changes any more.
 *
 * @param bytes header, record and digest (quorum sheet, section 4.3)
 */
public record LoggedTxn(long zxid, byte[] bytes) {}
