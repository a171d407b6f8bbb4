package io.paddock.config;

import java.nio.file.Path;

/**
 * The audit log (operations sheet, section 1).
 *
 * @param enabled whether there is one
 * @param file where it goes, unless logback.xml says otherwise
 * @param fileBytesMax beyond it the next file begins
 * @param filesMax how many full files are kept
 * @param serverUser whom the server runs as
 */
public record AuditConfig(
    boolean enabled, Path file, long fileBytesMax, int filesMax, String serverUser) {
  public static final String FILE_KEY = "paddock.audit.file";
}
