package io.paddock.machine;

import io.paddock.config.ZooCfg;
import io.paddock.journal.Finding;
import io.paddock.journal.Journal;
import io.paddock.journal.TxnLog;
import io.paddock.tree.SnapshotBody;
import io.paddock.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on disk that a restart of this server needs, as it is while the server runs: looked at
 * again and again, since anybody may remove it, and made good from memory. Beside the journal's
 * files that is {@code myid}.
 */
public final class DataFiles {
  private static final Logger LOG = LoggerFactory.getLogger(DataFiles.class);

  private final Journal journal;
  private final boolean digestEnabled;

  /** Null for a server alone, or one that was told its number otherwise. */
  private volatile Path myIdFile;

  private volatile String myId;
  private boolean myIdDiffers;
  private boolean cannotMend;

  private DataFiles(Journal journal, boolean digestEnabled, Path myIdFile, String myId) {
    this.journal = journal;
    this.digestEnabled = digestEnabled;
    this.myIdFile = myIdFile;
    this.myId = myId;
  }

  /** Without a file {@code myid}. */
  public static DataFiles of(Journal journal, boolean digestEnabled) {
    return new DataFiles(journal, digestEnabled, null, null);
  }

  /** What the configuration names. */
  public static DataFiles of(Journal journal, ZooCfg config) {
    Path file = config.journal().dataDir().resolve("myid");
    boolean has = config.membership().isPresent() && Files.exists(file);
    return new DataFiles(
        journal,
        config.tree().digestEnabled(),
        has ? file : null,
        has ? String.valueOf(config.membership().get().myId()) : null);
  }

  /** The server alone has become a member, whose number a restart needs. Any thread. */
  public void joined(Path newMyIdFile, long newMyId) {
    myId = String.valueOf(newMyId);
    myIdFile = newMyIdFile;
  }

  Journal journal() {
    return journal;
  }

  /** What a restart would miss, a line each; see {@link Journal#lost}. Any thread. */
  public List<String> lost() {
    try {
      return journal.lost();
    } catch (IOException e) {
      return List.of("the files cannot be looked at: " + e.getMessage());
    }
  }

  /**
   * Whether what was acknowledged is where a restart will look for it, for the operator, as of now.
   * Any thread.
   */
  public String account() {
    List<String> lost = lost();
    if (lost.isEmpty()) {
      return "The files that hold what was acknowledged are all in their places, looked at just now: a restart goes on"
          + " from there";
    }
    return "A restart will NOT find all that was acknowledged: "
        + String.join("; ", lost)
        + ". Bring the files back first; or, in an ensemble with a healthy majority, move version-2 away and let this"
        + " server copy the leader's state";
  }

  /**
   * Small files of which the content is known are written again; when they cannot be, the next time
   * is tried again. For the journal's thread.
   */
  void mend() {
    try {
      for (Finding finding : journal.restoreEpochs()) {
        LOG.warn("{}", finding);
      }
      if (myIdFile != null) {
        mendMyId();
      }
      cannotMend = false;
    } catch (IOException e) {
      if (!cannotMend) {
        LOG.error(
            "myid or an epoch file, which a restart needs, cannot be looked at, or is gone and cannot be written again:"
                + " {}; tried again every half second",
            e.toString());
      }
      cannotMend = true;
    }
  }

  private void mendMyId() throws IOException {
    try {
      String there = Files.readString(myIdFile, StandardCharsets.ISO_8859_1).strip();
      boolean differs = !there.equals(myId) && !isSameNumber(there);
      if (differs && !myIdDiffers) {
        LOG.warn(
            "{} says \"{}\" now, and this server is {}: a restart would be another server, or none",
            myIdFile,
            there.length() > 20 ? there.substring(0, 20) + "..." : there,
            myId);
      }
      myIdDiffers = differs;
    } catch (NoSuchFileException e) {
      Files.writeString(myIdFile, myId + "\n");
      LOG.warn("{} was gone and was written anew: {}", myIdFile, myId);
    }
  }

  private boolean isSameNumber(String there) {
    try {
      return Long.parseLong(there) == Long.parseLong(myId);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** See {@link Journal#remake}; returns the log that is written from now on. */
  TxnLog remake(Tree tree) throws IOException {
    OptionalLong digest = digestEnabled ? OptionalLong.of(tree.digest()) : OptionalLong.empty();
    journal.remake(tree.zxid(), digest, out -> SnapshotBody.write(tree, out));
    LOG.warn(
        "What was lost on disk was made anew from memory: snapshot 0x{} with {} znodes. {}",
        Long.toHexString(tree.zxid()),
        tree.nodeCount(),
        account());
    return journal.log();
  }
}
