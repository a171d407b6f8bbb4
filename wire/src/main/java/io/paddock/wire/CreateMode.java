package io.paddock.wire;

/** The kinds of znode that a create makes (client protocol sheet, section 3.1). */
public enum CreateMode {
  PERSISTENT(0, false, false),
  EPHEMERAL(1, true, false),
  PERSISTENT_SEQUENTIAL(2, false, true),
  EPHEMERAL_SEQUENTIAL(3, true, true),
  CONTAINER(4, false, false),
  PERSISTENT_WITH_TTL(5, false, false),
  PERSISTENT_SEQUENTIAL_WITH_TTL(6, false, true);

  private static final CreateMode[] BY_FLAG = values();

  private final int flag;
  private final boolean ephemeral;
  private final boolean sequential;

  CreateMode(int flag, boolean ephemeral, boolean sequential) {
    this.flag = flag;
    this.ephemeral = ephemeral;
    this.sequential = sequential;
  }

  /** The number on the wire. */
  public int flag() {
    return flag;
  }

  public boolean isEphemeral() {
    return ephemeral;
  }

  public boolean isSequential() {
    return sequential;
  }

  public boolean isTtl() {
    return this == PERSISTENT_WITH_TTL || this == PERSISTENT_SEQUENTIAL_WITH_TTL;
  }

  /** The mode with this flag; null when there is none. */
  public static CreateMode of(int flag) {
    return flag >= 0 && flag < BY_FLAG.length ? BY_FLAG[flag] : null;
  }
}
