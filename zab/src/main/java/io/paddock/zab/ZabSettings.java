package io.paddock.zab;

/**
 * The times and bounds of an ensemble (quorum sheet, sections 1.2 and 2.6). Immutable.
 *
 * @param tickMs the base unit: a ping every half tick
 * @param initLimit ticks in which a learner connects to the leader and is synchronised
 * @param syncLimit ticks after which a learner, or the leader, that was not heard is given up
 * @param connectLimit ticks in which a learner has to reach the leader's port; 0 is initLimit
 * @param finalizeWaitMs silence that ends an election once a quorum agrees
 * @param notificationMinMs first time between repeated notifications
 * @param notificationMaxMs bound of the growing time between repeated notifications
 * @param dialTriesMax attempts to reach the elected leader
 * @param dialRetryMs pause between them
 * @param commitLogTxnsMax committed transactions kept in memory for learners that come back
 * @param commitLogBytesMax and their bytes
 * @param counterMax the last counter of an epoch: the leader that has used it steps down (section
 *     3.9)
 * @param reconfigEnabled whether configurations may change at run time
 */
public record ZabSettings(
    int tickMs,
    int initLimit,
    int syncLimit,
    int connectLimit,
    int finalizeWaitMs,
    int notificationMinMs,
    int notificationMaxMs,
    int dialTriesMax,
    int dialRetryMs,
    int commitLogTxnsMax,
    int commitLogBytesMax,
    long counterMax,
    boolean reconfigEnabled) {

  /** Apache's defaults around the three settings that every zoo.cfg has. */
  public static ZabSettings of(int tickMs, int initLimit, int syncLimit, boolean reconfigEnabled) {
    return new ZabSettings(
        tickMs,
        initLimit,
        syncLimit,
        0,
        200,
        200,
        60_000,
        5,
        100,
        500,
        64 << 20,
        0xfffffffeL,
        reconfigEnabled);
  }

  long initMs() {
    return (long) tickMs * initLimit;
  }

  long syncMs() {
    return (long) tickMs * syncLimit;
  }

  /** How long a learner dials a leader that is not there. */
  long dialMs() {
    return (long) dialTriesMax * dialRetryMs;
  }

  long connectMs() {
    return (long) tickMs * (connectLimit == 0 ? initLimit : connectLimit);
  }
}
