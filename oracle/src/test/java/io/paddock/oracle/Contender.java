package io.paddock.oracle;

import java.util.Locale;

/** The implementations that can stand on either side of a comparison. */
enum Contender {
  APACHE {
    @Override
    ServerUnderTest start(ServerSpec spec) {
      return ApacheServer.start(spec);
    }
  },
  PADDOCK {
    @Override
    ServerUnderTest start(ServerSpec spec) {
      return PaddockUnderTest.start(spec);
    }
  };

  abstract ServerUnderTest start(ServerSpec spec);

  /** The server that is judged: {@code -Doracle.subject=apache} proves the harness itself. */
  static Contender subject() {
    return valueOf(System.getProperty("oracle.subject", "paddock").toUpperCase(Locale.ROOT));
  }

  /** The judge. */
  static Contender oracle() {
    return APACHE;
  }
}
