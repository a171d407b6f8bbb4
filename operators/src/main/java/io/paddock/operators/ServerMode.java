package io.paddock.operators;

/** The part a server plays, as the four-letter words name it. */
public enum ServerMode {
  STANDALONE("standalone"),
  LEADER("leader"),
  FOLLOWER("follower"),
  OBSERVER("observer"),
  READ_ONLY("read-only");

  private final String text;

  ServerMode(String text) {
    this.text = text;
  }

  /** The name on the wire. */
  public String text() {
    return text;
  }
}
