package io.paddock.config;

/**
 * Retention of old snapshots and logs. Apache's server has it off by default, which fills disks;
 * here it runs every hour unless autopurge.purgeInterval=0 is written.
 *
 * @param snapRetainCount snapshots that are kept, with the logs needed to go on from the oldest of
 *     them; at least 3
 * @param intervalHours hours between two purges; 0 or less is off
 */
public record PurgeConfig(int snapRetainCount, int intervalHours) {
  /** Whether old files are removed at all. */
  public boolean enabled() {
    return intervalHours > 0;
  }
}
