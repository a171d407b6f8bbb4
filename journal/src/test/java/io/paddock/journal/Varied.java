package io.paddock.journal;

/** Settings with one thing changed, for tests. */
final class Varied {
  private Varied() {}

  static JournalSettings forceSync(JournalSettings of, boolean force) {
    return of(of, force, of.logBytesMax(), of.snapshotCodec(), of.trustEmpty());
  }

  static JournalSettings logBytesMax(JournalSettings of, long bytes) {
    return of(of, of.forceSync(), bytes, of.snapshotCodec(), of.trustEmpty());
  }

  static JournalSettings snapshotCodec(JournalSettings of, Codec codec) {
    return of(of, of.forceSync(), of.logBytesMax(), codec, of.trustEmpty());
  }

  static JournalSettings trustEmpty(JournalSettings of) {
    return of(of, of.forceSync(), of.logBytesMax(), of.snapshotCodec(), true);
  }

  private static JournalSettings of(
      JournalSettings of, boolean force, long logBytesMax, Codec codec, boolean trust) {
    return new JournalSettings(
        of.preAllocBytes(),
        force,
        logBytesMax,
        of.fsyncWarnMillis(),
        codec,
        trust,
        of.recordBytesMax(),
        of.snapshotsRetained());
  }
}
