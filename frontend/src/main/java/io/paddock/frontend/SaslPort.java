package io.paddock.frontend;

import java.util.function.Consumer;

/**
 * Where the SASL tokens of one loop's clients are judged, which may take long and is therefore done
 * elsewhere. Called in the loop's thread.
 */
public interface SaslPort {
  /** Begins the talk with one connection. */
  Exchange begin();

  /** The talk with one connection: token by token, the next one when the last one is answered. */
  interface Exchange {
    /**
     * Judges a token.
     *
     * @param then to be told once, in the loop's thread: within this call, or later
     */
    void judge(byte[] token, Consumer<SaslAnswer> then);
  }
}
