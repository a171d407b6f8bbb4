package io.paddock.journal;

import java.io.IOException;

/**
 * Files that cannot be loaded without risking acknowledged transactions. The message says file,
 * offset, what is wrong and what an operator can do.
 */
public final class DamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;
  private final String remedy;

  /**
   * @param file the file as an operator would name it
   * @param offset byte offset of the damage, or -1 if it has no place in the file
   * @param what what is wrong
   * @param remedy what to do about it
   */
  public DamagedException(String file, long offset, String what, String remedy) {
    super(file + (offset < 0 ? "" : " at offset " + offset) + ": " + what + ". " + remedy);
    this.file = file;
    this.offset = offset;
    this.remedy = remedy;
  }

  /** The file as an operator would name it. */
  public String file() {
    return file;
  }

  /** Byte offset of the damage, -1 if it has no place in the file. */
  public long offset() {
    return offset;
  }

  /** What an operator can do about it. */
  public String remedy() {
    return remedy;
  }
}
