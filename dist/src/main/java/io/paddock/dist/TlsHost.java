package io.paddock.dist;

import io.paddock.machine.CertificateNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A server's machine by the names that its certificate bears.
 *
 * @param name the first of them, as in the {@code server.N} line
 * @param all host names and addresses, this machine's own among them
 */
record TlsHost(String name, Set<String> all) {
  private static final int NAME_MAX = 253;
  private static final int LABEL_MAX = 63;

  /** As every process on the machine calls it. */
  private static final List<String> OWN = List.of("localhost", "127.0.0.1", "::1");

  /**
   * Reads {@code zoo1} or {@code zoo1/10.0.0.1/zoo1.example}.
   *
   * @throws IllegalArgumentException when something in it is neither name nor address
   */
  static TlsHost of(String text) {
    Set<String> all = new LinkedHashSet<>();
    for (String part : text.split("/", -1)) {
      String host = part.strip();
      if (!CertificateNames.isAddress(host)
          && !host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
        throw new IllegalArgumentException(
            "\""
                + host
                + "\" in "
                + text
                + " is no host: a name has letters, digits, dots and hyphens; further names and"
                + " addresses of the same host follow behind a slash, as in zoo1/10.0.0.1");
      }
      checkLength(host);
      all.add(host);
    }
    String name = all.iterator().next();
    all.addAll(OWN);
    return new TlsHost(name, all);
  }

  /** As RFC 1035 has it; no resolver knows longer ones. */
  private static void checkLength(String host) {
    boolean longLabel = Arrays.stream(host.split("\\.")).anyMatch(l -> l.length() > LABEL_MAX);
    if (host.length() > NAME_MAX || longLabel) {
      throw new IllegalArgumentException(
          "\""
              + host.substring(0, Math.min(host.length(), LABEL_MAX))
              + "...\" is no host: a name has at most "
              + NAME_MAX
              + " characters, and "
              + LABEL_MAX
              + " between two dots");
    }
  }

  /**
   * What stands in its certificate, in keytool's words: a member is server and client to its peers.
   */
  List<String> extensions() {
    List<String> names = new ArrayList<>();
    for (String host : all) {
      names.add((CertificateNames.isAddress(host) ? "ip:" : "dns:") + host);
    }
    return List.of(
        "ku:critical=digitalSignature",
        "eku=serverAuth,clientAuth",
        "san=" + String.join(",", names));
  }
}
