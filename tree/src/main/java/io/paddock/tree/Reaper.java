package io.paddock.tree;

import java.util.List;

/** Finds containers and TTL znodes whose time has come (client protocol sheet, section 6.3). */
public final class Reaper {
  private Reaper() {}

  /**
   * Paths to be deleted now.
   *
   * @param max at most so many
   * @param neverUsedMaxMs age at which a container that never had a child goes; 0 for never
   */
  public static List<String> due(Tree tree, long nowMs, int max, long neverUsedMaxMs) {
    throw new UnsupportedOperationException();
  }
}
