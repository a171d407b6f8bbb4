package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a task is to do, as it stands in {@code /tasks/<task>}: a plain string is a shell command, a
 * JSON object has the fields below. Immutable.
 *
 * @param type which handler runs it; {@code command} when absent
 * @param command a line for the shell, or null
 * @param args a program and its arguments, run without a shell, or null
 * @param payload what a handler of another type gets, or null
 * @param env variables added to the worker's environment
 * @param dir the working folder; the worker's own when null
 * @param timeoutMs how long an attempt may run, in milliseconds; 0 for without end
 * @param retries how many further attempts follow a failed one; 0 to 1,000
 * @param backoffMs the pause before the second attempt, in milliseconds, doubled for each further
 *     one; 0 for a second
 * @param priority each step above 0 counts as much as a minute of waiting; -100 to 100
 * @param notBefore the earliest start, in milliseconds since 1970; 0 for at once
 * @param labels what a worker must have
 * @param key the idempotency key, or null
 * @param stream whether output goes to {@code /tasks/<task>/progress} while it runs
 * @param since when it was submitted, in milliseconds since 1970, if it waited in the backlog
 *     before it came to {@code /tasks}; the master puts that in, else it is 0
 * @param submission tells this submission from others with the same words, or null
 * @param error what is wrong with it; never written
 */
public record TaskSpec(
    String type,
    String command,
    List<String> args,
    String payload,
    Map<String, String> env,
    String dir,
    long timeoutMs,
    int retries,
    long backoffMs,
    int priority,
    long notBefore,
    SortedSet<String> labels,
    String key,
    boolean stream,
    long since,
    String submission,
    @JsonIgnore String error) {

  /** The type of a task that a worker runs as a process. */
  public static final String COMMAND = "command";

  static final int RETRIES_MAX = 1_000;
  static final int PRIORITY_MAX = 100;

  /** Fills in what is absent. */
  public TaskSpec {
    type = type == null || type.isEmpty() ? COMMAND : type;
    args = args == null || args.isEmpty() ? null : List.copyOf(args);
    env = env == null ? Map.of() : Map.copyOf(env);
    labels = labels == null ? new TreeSet<>() : new TreeSet<>(labels);
    retries = Math.max(0, Math.min(retries, RETRIES_MAX));
    priority = Math.max(-PRIORITY_MAX, Math.min(priority, PRIORITY_MAX));
    if (error == null
        && type.equals(COMMAND)
        && args == null
        && (command == null || command.isBlank())) {
      error = "there is no command";
    }
  }

  /** A shell command with all else by default. */
  public static TaskSpec shell(String command) {
    return builder().command(command).build();
  }

  /** Collects a spec. */
  public static Builder builder() {
    return new Builder();
  }

  /** Reads what stands in a task's znode; what is wrong with it is in {@link #error}. */
  public static TaskSpec parse(byte[] data) {
    String text = data == null ? "" : new String(data, StandardCharsets.UTF_8);
    if (!JsonText.startsObject(data)) {
      return shell(text);
    }
    JsonNode tree;
    try {
      tree = JsonText.MAPPER.readTree(data);
    } catch (IOException e) {
      return shell(text); // the shell's own braces
    }
    try {
      return JsonText.MAPPER.treeToValue(tree, TaskSpec.class);
    } catch (JsonProcessingException e) {
      Builder invalid = builder();
      invalid.error = "the task's JSON is no task: " + e.getOriginalMessage();
      return invalid.build();
    }
  }

  byte[] bytes() {
    return JsonText.bytes(this);
  }

  /** What a person sees of it in a list. */
  public String summary() {
    if (error != null) {
      return error;
    }
    if (args != null) {
      return String.join(" ", args);
    }
    if (command != null) {
      return command;
    }
    return payload == null ? type : type + " " + payload;
  }

  /** Collects a spec; for one thread. The fields are those of {@link TaskSpec}. */
  public static final class Builder {
    private String type;
    private String command;
    private List<String> args;
    private String payload;
    private Map<String, String> env;
    private String dir;
    private long timeoutMs;
    private int retries;
    private long backoffMs;
    private int priority;
    private long notBefore;
    private SortedSet<String> labels = new TreeSet<>();
    private String key;
    private boolean stream;
    private long since;
    private String submission;
    private String error;

    private Builder() {}

    /** The handler's type. */
    public Builder type(String value) {
      type = value;
      return this;
    }

    /** A shell line. */
    public Builder command(String value) {
      command = value;
      return this;
    }

    /** A program and its arguments. */
    public Builder args(List<String> value) {
      args = value;
      return this;
    }

    /** What a handler gets. */
    public Builder payload(String value) {
      payload = value;
      return this;
    }

    /** Further variables of the environment. */
    public Builder env(Map<String, String> value) {
      env = value;
      return this;
    }

    /** The working folder. */
    public Builder dir(String value) {
      dir = value;
      return this;
    }

    /** How long an attempt may run, in milliseconds. */
    public Builder timeoutMs(long value) {
      timeoutMs = value;
      return this;
    }

    /** How many further attempts. */
    public Builder retries(int value) {
      retries = value;
      return this;
    }

    /** The first pause between attempts, in milliseconds. */
    public Builder backoffMs(long value) {
      backoffMs = value;
      return this;
    }

    /** Above 0 is sooner. */
    public Builder priority(int value) {
      priority = value;
      return this;
    }

    /** The earliest start, in milliseconds since 1970. */
    public Builder notBefore(long value) {
      notBefore = value;
      return this;
    }

    /** A label that the worker must have. */
    public Builder label(String value) {
      labels.add(value);
      return this;
    }

    /** Submitting twice with one key gives one task. */
    public Builder key(String value) {
      key = value;
      return this;
    }

    /** Whether output is shown while the task runs. */
    public Builder stream(boolean value) {
      stream = value;
      return this;
    }

    Builder submission(String value) {
      submission = value;
      return this;
    }

    /** The spec. */
    public TaskSpec build() {
      return new TaskSpec(
          type,
          command,
          args,
          payload,
          env,
          dir,
          timeoutMs,
          retries,
          backoffMs,
          priority,
          notBefore,
          labels,
          key,
          stream,
          since,
          submission,
          error);
    }
  }

  TaskSpec withSubmission(String id) {
    return new TaskSpec(
        type, command, args, payload, env, dir, timeoutMs, retries, backoffMs, priority, notBefore,
        labels, key, stream, since, id, error);
  }

  TaskSpec withSince(long time) {
    return new TaskSpec(
        type,
        command,
        args,
        payload,
        env,
        dir,
        timeoutMs,
        retries,
        backoffMs,
        priority,
        notBefore,
        labels,
        key,
        stream,
        time,
        submission,
        error);
  }

  /** When it was submitted, if its znode was created at {@code created}. */
  long submittedAt(long created) {
    return since > 0 && since < created ? since : created;
  }
}
