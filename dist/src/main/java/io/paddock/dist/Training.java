package io.paddock.dist;

import io.paddock.server.ConfigAnswers;
import io.paddock.testkit.EmbeddedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A short run through what commands do, for the JVM to note which classes they load.
 *
 * <p>The launcher runs it once with {@code -XX:ArchiveClassesAtExit}; later starts map the archive
 * instead of reading jars (class-data sharing).
 */
public final class Training {
  private Training() {}

  /** Serves a shell's few requests from an empty server, asks for every help, and exits. */
  public static void main(String[] arguments) throws IOException {
    PrintWriter silent = new PrintWriter(Writer.nullWriter());
    Paddock.run(new String[] {"--help"}, silent, silent);
    for (SubCommand command : SubCommand.values()) {
      command.run(new String[] {"--help"});
    }
    SubCommand.VERSION.run(new String[0]);
    whatTheScriptsAsk();
    Path data = Files.createTempDirectory("paddock-training-");
    try (EmbeddedServer server = EmbeddedServer.builder().port(0).dataDir(data).start()) {
      String address = server.connectString();
      SubCommand.SHELL.run(new String[] {"-server", address, "create", "/training", "data"});
      SubCommand.SHELL.run(new String[] {"-server", address, "get", "-s", "/training"});
      SubCommand.SHELL.run(new String[] {"-server", address, "ls", "/"});
    } finally {
      DemoCommand.delete(data);
    }
    System.exit(0);
  }

  private static void whatTheScriptsAsk() throws IOException {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    Path config = Files.createTempFile("paddock-training-", ".cfg");
    Files.writeString(config, "dataDir=/nonexistent\nclientPort=1\n");
    ConfigAnswers answers = new ConfigAnswers(silent, silent);
    answers.answer("where", config.toString());
    answers.answer("status", config.toString());
    Files.delete(config);
  }
}
