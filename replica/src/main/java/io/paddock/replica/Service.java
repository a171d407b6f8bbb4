package io.paddock.replica;

/** What a server does for clients. */
public enum Service {
  /** Nothing: it has no leader. Clients are turned away. */
  NONE,
  /** It has no leader and answers reads of clients that put up with that. */
  READ_ONLY,
  FULL
}
