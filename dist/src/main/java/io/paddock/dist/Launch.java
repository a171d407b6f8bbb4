package io.paddock.dist;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How this JVM was started; the only place in this module that reads system properties.
 *
 * @param home the directory that holds {@code bin}, {@code conf} and, when packed, {@code lib}
 * @param java the {@code java} program of this JVM
 * @param classPath the class path of this JVM, to start another like it
 * @param flags of such another JVM, ours and a person's, as the launcher made them up
 */
record Launch(Path home, Path java, String classPath, List<String> flags) {
  /** Reads the properties that the launcher and the JVM set; without a launcher, home is here. */
  static Launch read() {
    return new Launch(
        Path.of(System.getProperty("paddock.home", ".")).toAbsolutePath().normalize(),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        System.getProperty("java.class.path"),
        Stream.of(System.getProperty("paddock.child.flags", "").split("\t"))
            .filter(flag -> !flag.isEmpty())
            .toList());
  }

  /** All system properties, among them those a person set for the server. */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    System.getProperties()
        .stringPropertyNames()
        .forEach(name -> properties.put(name, System.getProperty(name)));
    return properties;
  }

  /**
   * The same with those that a server started here would have: of the flags in its environment's
   * variables, which the scripts read, too.
   */
  Map<String, String> serverProperties() {
    Map<String, String> properties = properties();
    for (String variable : List.of("JVMFLAGS", "SERVER_JVMFLAGS")) {
      String flags = System.getenv().getOrDefault(variable, "");
      for (String flag : flags.split("\\s+")) {
        int equals = flag.indexOf('=');
        if (flag.startsWith("-D") && equals > 0) {
          properties.put(flag.substring(2, equals), flag.substring(equals + 1));
        }
      }
    }
    return properties;
  }

  /** The command line of a further, small JVM with the same classes, which logs errors only. */
  List<String> command(Class<?> main, List<String> arguments) {
    return command(main, "io/paddock/dist/quiet.xml", arguments);
  }

  /** The same with another configuration of logging, a resource. */
  List<String> command(Class<?> main, String logging, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(List.of("-cp", classPath));
    command.add("-Dlogback.configurationFile=" + logging);
    command.addAll(flags);
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }
}
