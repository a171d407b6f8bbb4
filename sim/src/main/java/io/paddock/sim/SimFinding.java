package io.paddock.sim;

/** Something that must not be: what a run is there to find. */
final class SimFinding extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SimFinding(String what) {
    super(what);
  }

  SimFinding(String what, Throwable cause) {
    super(what, cause);
  }
}
