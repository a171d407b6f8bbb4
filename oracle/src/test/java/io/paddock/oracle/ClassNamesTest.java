package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The name of a class means one thing. */
class ClassNamesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** They are the same thing in modules of which neither may import the other. */
  private static final Set<String> SAME_THING = Set.of("ClientTls");

  @Test
  void noTwoModulesHaveAClassOfTheSameName() throws IOException {
    Map<String, Set<String>> modules = new TreeMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
      for (Path module : folders) {
        for (String name : classes(module.resolve("src/main/java"))) {
          modules
              .computeIfAbsent(name, key -> new TreeSet<>())
              .add(module.getFileName().toString());
        }
      }
    }
    assertThat(modules).hasSizeGreaterThan(100);
    modules.keySet().removeAll(SAME_THING);
    modules.values().removeIf(found -> found.size() == 1);
    assertThat(modules).as("names of classes, and the modules that have one").isEmpty();
  }

  private static List<String> classes(Path sources) throws IOException {
    if (!Files.isDirectory(sources)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java") && !name.contains("-info"))
          .map(name -> name.substring(0, name.lastIndexOf('.')))
          .toList();
    }
  }
}
