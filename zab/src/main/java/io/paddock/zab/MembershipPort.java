package io.paddock.zab;

/** The files that say who belongs to the ensemble (quorum sheet, section 6), as Zab writes them. */
public interface MembershipPort {
  /**
   * A configuration is proposed: to be saved as the next one before this returns, since from now on
   * it counts; its new servers may be dialled. With the configuration in force, none is to come.
   */
  void seen(EnsembleConfig config);

  /**
   * A configuration is in force: to be saved before this returns. The transaction that made it is
   * committed right behind.
   */
  void committed(EnsembleConfig config);
}
