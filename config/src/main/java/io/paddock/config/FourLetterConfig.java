package io.paddock.config;

import java.util.Set;

/**
 * Which four-letter words are answered (client protocol sheet, section 1.4).
 *
 * @param all whether the whitelist is {@code *}
 * @param words the words listed; always has srvr
 */
public record FourLetterConfig(boolean all, Set<String> words) {
  public FourLetterConfig {
    words = Set.copyOf(words);
  }

  /** Whether this word may be run. */
  public boolean allows(String word) {
    return all || words.contains(word);
  }
}
