package io.paddock.dist;

import java.nio.file.Path;

/**
 * How this JVM was started; the only place in this module that reads system properties.
 *
 * @param home the directory that holds {@code bin}, {@code conf} and, when packed, {@code lib}
 * @param java the {@code java} program of this JVM
 * @param classPath the class path of this JVM, to start another like it
 */
record Launch(Path home, Path java, String classPath) {
  /** Reads the properties that the launcher and the JVM set; without a launcher, home is here. */
  static Launch read() {
    return new Launch(
        Path.of(System.getProperty("paddock.home", ".")).toAbsolutePath().normalize(),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        System.getProperty("java.class.path"));
  }
}
