package io.paddock.journal;

/**
 * Something that recovery met, could handle without losing an acknowledged transaction, and wants
 * said.
 *
 * @param file the file as an operator would name it
 * @param offset byte offset in the file, -1 if it has none
 * @param what what was found and what was done about it
 * @param bytesCut bytes removed from the end of the file, 0 if none
 */
public record Finding(String file, long offset, String what, long bytesCut) {
  @Override
  public String toString() {
    return file
        + (offset < 0 ? "" : " at offset " + offset)
        + ": "
        + what
        + (bytesCut == 0 ? "" : " (" + bytesCut + " bytes cut)");
  }
}
