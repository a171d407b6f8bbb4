package io.paddock.doctor;

/**
 * One line of what {@link Doctor} has found.
 *
 * @param subject what it is about, such as {@code dataDir} or {@code server.2}
 * @param finding what is the case
 * @param remedy what to do; empty when nothing is to be done
 */
public record Diagnosis(Level level, String subject, String finding, String remedy) {
  /** How bad it is. */
  public enum Level {
    OK,
    /** It works, or may, but somebody should know. */
    WARN,
    /** It does not work. */
    ERROR
  }

  static Diagnosis ok(String subject, String finding) {
    return new Diagnosis(Level.OK, subject, finding, "");
  }

  static Diagnosis warn(String subject, String finding, String remedy) {
    return new Diagnosis(Level.WARN, subject, finding, remedy);
  }

  static Diagnosis error(String subject, String finding, String remedy) {
    return new Diagnosis(Level.ERROR, subject, finding, remedy);
  }
}
