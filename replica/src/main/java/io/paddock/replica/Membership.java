package io.paddock.replica;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.MembershipPort;

/**
 * Where a member keeps who belongs to its ensemble: the configuration in force and, while one is
 * proposed, the next. Both outlive the process as far as the implementation can. Called by the
 * core's thread.
 */
public interface Membership extends MembershipPort {
  /** The configuration in force. */
  EnsembleConfig committed();

  /** The configuration proposed last; the one in force when none is under way. */
  EnsembleConfig lastSeen();

  /** The fewest voters a reconfiguration may leave. */
  int votersMin();

  /** Whether a reconfiguration may give a server more than one address. */
  default boolean severalAddresses() {
    return false;
  }

  /** As a server that was alone has it at first; several addresses are its zoo.cfg's to refuse. */
  static Membership ofFirst(EnsembleConfig itself) {
    return new Membership() {
      @Override
      public EnsembleConfig committed() {
        return itself;
      }

      @Override
      public EnsembleConfig lastSeen() {
        return itself;
      }

      @Override
      public int votersMin() {
        return 1;
      }

      @Override
      public boolean severalAddresses() {
        return true;
      }

      @Override
      public void seen(EnsembleConfig config) {}

      @Override
      public void committed(EnsembleConfig config) {}
    };
  }

  /** A membership that only memory knows, of two voters at least. */
  static Membership inMemory(EnsembleConfig config) {
    return new Membership() {
      private EnsembleConfig committed = config;
      private EnsembleConfig lastSeen = config;

      @Override
      public EnsembleConfig committed() {
        return committed;
      }

      @Override
      public EnsembleConfig lastSeen() {
        return lastSeen;
      }

      @Override
      public int votersMin() {
        return 2;
      }

      @Override
      public void seen(EnsembleConfig config) {
        lastSeen = config;
      }

      @Override
      public void committed(EnsembleConfig config) {
        committed = config;
        if (lastSeen.version() < config.version()) {
          lastSeen = config;
        }
      }
    };
  }
}
