package io.paddock.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What the build wrote down about itself.
 *
 * @param version Paddock's version
 * @param zookeeper the Apache ZooKeeper version whose protocol and tools we keep to
 * @param time when it was built, ISO 8601 (fixed for reproducible builds)
 */
record Build(String version, String zookeeper, String time) {
  /** Reads the facts from the resource that Maven filled in. */
  static Build read() {
    Properties facts = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      facts.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("unreadable build.properties in the jar of dist", e);
    }
    return new Build(
        facts.getProperty("version"), facts.getProperty("zookeeper"), facts.getProperty("built"));
  }

  /** One line; tools that look for ZooKeeper's version find it in ZooKeeper's own words. */
  String line() {
    return "Paddock %s, compatible with Apache ZooKeeper, version %s (built %s)"
        .formatted(version, zookeeper, time);
  }
}
