package io.paddock.oracle;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The import rules: which layer each module belongs to, and what each layer may touch. */
class LayersTest {

  /** No threads, no clock, no sockets, no files. */
  private static final Set<String> PURE =
      Set.of("wire", "tree", "zab", "journal", "replica", "frontend");

  private static final Set<String> BELOW_SERVER =
      plus(PURE, "config", "metrics", "machine", "peers", "operators");

  /** Module and what it may import of the others; what is not listed here is unknown. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("wire", Set.of()),
          Map.entry("tree", Set.of("wire")),
          Map.entry("zab", Set.of("wire")),
          Map.entry("journal", Set.of("wire")),
          Map.entry("replica", Set.of("wire", "tree", "zab", "journal")),
          Map.entry("frontend", Set.of("wire", "tree", "replica")),
          Map.entry("sim", PURE),
          Map.entry("config", PURE),
          Map.entry("metrics", PURE),
          Map.entry("machine", plus(PURE, "config", "metrics")),
          Map.entry("peers", plus(PURE, "config", "metrics", "machine")),
          Map.entry("operators", plus(PURE, "config", "metrics", "machine")),
          Map.entry("providers", plus(PURE, "config", "metrics", "machine")),
          Map.entry("server", plus(BELOW_SERVER, "machine", "providers")),
          Map.entry("doctor", plus(BELOW_SERVER, "server")),
          Map.entry("shell", Set.of()),
          Map.entry("tasks", Set.of()),
          Map.entry("testlib", Set.of()),
          Map.entry("testkit", plus(BELOW_SERVER, "server")),
          Map.entry("bench", Set.of("testkit", "wire", "tree", "tasks")),
          Map.entry(
              "dist",
              plus(BELOW_SERVER, "server", "doctor", "sim", "shell", "testkit", "bench", "tasks")));

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
  private static final Pattern LOCK =
      Pattern.compile("\\b(synchronized|volatile|wait\\(|notify(All)?\\()");

  private static Set<String> plus(Set<String> some, String... more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(List.of(more));
    return all;
  }

  private static String[] packages(Set<String> modules) {
    return modules.stream().map(module -> "io.paddock." + module + "..").toArray(String[]::new);
  }

  private final JavaClasses product =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.paddock");

  /**
   * Its first use starts a thread of the JDK's: where the machine gives none, an Error ends the
   * server.
   */
  @Test
  void nothingInAServerWaitsByTheJdksTimer() {
    for (String method : new String[] {"orTimeout", "completeOnTimeout"}) {
      noClasses()
          .that(resideInAnyPackage(packages(plus(BELOW_SERVER, "server"))))
          .should()
          .callMethodWhere(target(name(method)).and(target(owner(type(CompletableFuture.class)))))
          .check(product);
    }
  }

  @Test
  void everyModuleImportsFromLowerLayersOnly() {
    MAY_IMPORT.forEach(
        (module, allowed) -> {
          String[] forbidden =
              MAY_IMPORT.keySet().stream()
                  .filter(other -> !other.equals(module) && !allowed.contains(other))
                  .map(other -> "io.paddock." + other)
                  .toArray(String[]::new);
          noClasses()
              .that(resideInAPackage("io.paddock." + module))
              .should()
              .dependOnClassesThat(resideInAnyPackage(forbidden))
              .allowEmptyShould(true)
              .because("DESIGN: a module imports only from lower layers, siblings never")
              .check(product);
        });
  }

  @Test
  void everyModuleIsOneFlatPackage() {
    Set<String> packages =
        product.stream()
            .map(JavaClass::getPackageName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(packages).isNotEmpty();
    Set<String> known =
        MAY_IMPORT.keySet().stream().map(name -> "io.paddock." + name).collect(Collectors.toSet());
    known.add("io.paddock.oracle");
    // What JMH generates for the benchmarks.
    known.add("io.paddock.bench.jmh_generated");
    assertThat(known).containsAll(packages);
  }

  @Test
  void nettyThreadsAndFilesAreInTheTopLayersOnly() {
    noClasses()
        .that(resideInAnyPackage(packages(PURE)))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.netty..", "java.nio.file..", "java.nio.channels.."))
        .allowEmptyShould(true)
        .because("DESIGN: sockets and real files appear above frontend only")
        .check(product);
    noClasses()
        .that(resideInAnyPackage(packages(PURE)))
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.Thread|java\\.lang\\.ThreadLocal|java\\.util\\.Timer"
                + "|java\\.util\\.concurrent\\.(Executor.*|.*Pool.*|CompletableFuture|locks\\..*)"
                + "|java\\.net\\..*Socket.*"
                + "|java\\.io\\.(File.*|RandomAccessFile)")
        .allowEmptyShould(true)
        .because("DESIGN: no threads, locks or files up to frontend")
        .check(product);
  }

  /** Several threads work on one directory, and what is in it is one record (docs/decisions.md). */
  private static final Set<String> LOCKED =
      Set.of(
          "journal/Journal",
          "journal/Snapshots",
          "journal/SnapshotMemory",
          "journal/Inventory",
          "journal/LogIndex",
          "journal/MemoryStorage");

  @Test
  void nothingIsSynchronizedBelowConfigButTheJournalsListOfFiles() throws IOException {
    Set<String> locked = new TreeSet<>();
    for (String module : PURE) {
      Path sources = ROOT.resolve(module + "/src/main/java/io/paddock/" + module);
      try (Stream<Path> files = Files.list(sources)) {
        for (Path file : files.toList()) {
          String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
          if (LOCK.matcher(code).find()) {
            locked.add(module + "/" + file.getFileName().toString().replace(".java", ""));
          }
        }
      }
    }
    assertThat(locked).isEqualTo(new TreeSet<>(LOCKED));
  }

  /** It is in a jar of its own, which a server does not have. */
  @Test
  void onlyTheSimulatorUsesTheStorageThatFailsOnCommand() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.paddock.sim..")
        .and()
        .haveNameNotMatching("io\\.paddock\\.journal\\.MemoryStorage.*")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("io\\.paddock\\.journal\\.MemoryStorage.*")
        .check(product);
  }

  @Test
  void thePureLayersReadNoClockAndNoSystemProperty() {
    noClasses()
        .that(resideInAnyPackage(packages(PURE)))
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class, String.class)
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(Integer.class, "getInteger", String.class)
        .orShould()
        .callMethod(Boolean.class, "getBoolean", String.class)
        .allowEmptyShould(true)
        .because("DESIGN: time and settings are passed in up to frontend")
        .check(product);
  }

  @Test
  void noApacheServerCodeIsInTheProduct() {
    noClasses()
        .that(resideInAnyPackage(packages(plus(BELOW_SERVER, "server", "doctor", "sim"))))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.apache.."))
        .allowEmptyShould(true)
        .because("Apache is the oracle, not a part")
        .check(product);
  }

  @Test
  void nothingIsCalledUtilImplOrManager() {
    classes()
        .that(alwaysTrue())
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Impl|Manager)")
        .allowEmptyShould(true)
        .because("DESIGN, section 2: a name says what a thing is")
        .check(product);
  }
}
