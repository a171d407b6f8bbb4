package io.paddock.operators;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Properties;

/**
 * Which Paddock this is, and which ZooKeeper it behaves as: written into a resource by the build.
 *
 * @param zookeeper version of ZooKeeper whose behaviour is followed, {@code 3.9.6}
 * @param paddock version of this project
 * @param builtAt time of the build; that of the release for a reproducible one
 */
public record BuildInfo(String zookeeper, String paddock, Instant builtAt) {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Reads what the build wrote. */
  public static BuildInfo load() {
    Properties written = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      written.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildInfo(
        written.getProperty("zookeeper"),
        written.getProperty("paddock"),
        Instant.parse(written.getProperty("built")));
  }

  /**
   * What srvr, stat, mntr and envi show: {@code 3.9.5-paddock-0.1.0, built on 2026-01-01 00:00
   * UTC}. It begins with ZooKeeper's version because clients and monitoring read features from it.
   */
  public String text() {
    return zookeeper + "-paddock-" + paddock + ", built on " + buildTime();
  }

  /** The time of the build as ZooKeeper writes it. */
  public String buildTime() {
    return MINUTES.format(builtAt);
  }
}
