package io.paddock.zab;

import java.util.List;

/**
 * What a server finds on its disk when it starts. A crash between the last record of a new epoch
 * and currentEpoch leaves the latter behind; whoever reads the disk raises it to the epoch of the
 * log, as far as acceptedEpoch goes (files sheet, section 6). Immutable.
 *
 * @param acceptedEpoch the highest epoch it has promised to
 * @param currentEpoch the epoch of the last leader whose history it took over
 * @param lastLogged the zxid of the last transaction of log or snapshot, committed or not; -1 when
 *     the database is unexpectedly empty (files sheet, section 5): such a server is not elected
 * @param recent the last logged transactions, ascending, without holes up to lastLogged; may be
 *     empty
 */
public record DurableState(
    long acceptedEpoch, long currentEpoch, long lastLogged, List<LoggedTxn> recent) {

  public DurableState {
    if (acceptedEpoch < currentEpoch) {
      throw new IllegalArgumentException(
          "acceptedEpoch " + acceptedEpoch + " is below currentEpoch " + currentEpoch);
    }
    if (lastLogged > 0 && Zxid.epoch(lastLogged) > currentEpoch) {
      throw new IllegalArgumentException(
          "the log ends in epoch "
              + Zxid.epoch(lastLogged)
              + ", after currentEpoch "
              + currentEpoch);
    }
    recent = List.copyOf(recent);
  }

  /** A server that has seen nothing yet. */
  public static DurableState empty() {
    return new DurableState(0, 0, 0, List.of());
  }
}
