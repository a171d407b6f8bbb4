package io.paddock.shell;

import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes command names, their options, and paths from the server. */
final class Completion implements Completer {
  private final Shell shell;

  Completion(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word().substring(0, line.wordCursor());
    if (line.wordIndex() == 0) {
      for (Command command : shell.commands().inOrder()) {
        candidates.add(
            new Candidate(
                command.name(), command.name(), null, command.summary(), null, null, true));
      }
    } else if (word.startsWith("-")) {
      shell
          .commands()
          .find(line.words().get(0))
          .ifPresent(
              command -> command.options().names().forEach(n -> candidates.add(new Candidate(n))));
    } else if (word.startsWith("/") || word.isEmpty()) {
      pathsBelow(word).forEach(path -> candidates.add(open(path)));
    }
  }

  private static Candidate open(String path) {
    // Not complete: no space behind it, so that the path can be continued with a slash.
    return new Candidate(path, path, null, null, null, null, false);
  }

  /** The children of the node that a half-typed path is in; none without a connection. */
  List<String> pathsBelow(String word) {
    if (!shell.connection().connected()) {
      return List.of();
    }
    String parent = word.substring(0, Math.max(word.lastIndexOf('/'), 0));
    try {
      return shell
          .connection()
          .client()
          .getChildren(parent.isEmpty() ? "/" : parent, false)
          .stream()
          .sorted()
          .map(child -> parent + "/" + child)
          .toList();
    } catch (KeeperException | IllegalArgumentException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
