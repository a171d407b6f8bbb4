package io.paddock.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a running JVM about its memory by the JDK's own {@code jcmd}. */
final class Jcmd {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
  private static final Pattern OTHER =
      Pattern.compile("(?m)^-\\s+Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

  private final Path command;

  /**
   * @param java the java command whose neighbour jcmd is
   */
  Jcmd(Path java) throws IOException {
    this.command = java.toRealPath().resolveSibling("jcmd");
    if (!Files.isExecutable(command)) {
      throw new IOException(
          "no jcmd beside " + java + "; memory is measured with a JDK, not a JRE");
    }
  }

  /** Bytes of live objects, after full collections. */
  long liveHeapBytes(long pid) throws IOException {
    run(pid, "GC.run");
    // The histogram collects once more, and so drops what the first collection's cleaners released.
    return histogramBytes(run(pid, "GC.class_histogram"));
  }

  /** Bytes outside the heap that Java code allocated: direct buffers, however made. */
  long offHeapBytes(long pid) throws IOException {
    return otherBytes(run(pid, "VM.native_memory", "summary"));
  }

  static long histogramBytes(String output) {
    return find(TOTAL, output);
  }

  /** The category Other, or 0 when the JVM has none yet. */
  static long otherBytes(String output) {
    return OTHER.matcher(output).find() ? find(OTHER, output) * 1024 : 0;
  }

  private static long find(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IllegalArgumentException("unexpected output of jcmd: " + output);
    }
    return Long.parseLong(matcher.group(1));
  }

  private String run(long pid, String... what) throws IOException {
    String[] line = new String[what.length + 2];
    line[0] = command.toString();
    line[1] = Long.toString(pid);
    System.arraycopy(what, 0, line, 2, what.length);
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("jcmd failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for jcmd", e);
    }
    return output;
  }
}
