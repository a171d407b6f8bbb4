package io.paddock.sim;

/** Something that must not be: what a run is there to find. */
final class Finding extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Finding(String what) {
    super(what);
  }

  Finding(String what, Throwable cause) {
    super(what, cause);
  }
}
