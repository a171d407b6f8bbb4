package io.paddock.frontend;

import io.paddock.wire.Id;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where auth packets of schemes that are not ours are judged, which may take long and is therefore
 * done elsewhere. Called in the loop's thread.
 */
public interface AuthPort {
  /** The schemes that it judges. */
  Set<String> schemes();

  /**
   * Judges one.
   *
   * @param lane whose client has sent it
   * @param connection of that lane
   * @param auth as sent, may be null
   * @param then to be told once, in the loop's thread, behind this call
   */
  void judge(Lane lane, Connection connection, String scheme, byte[] auth, Consumer<Answer> then);

  /**
   * What becomes of it.
   *
   * @param ids who the client is from now on; null when it is refused
   * @param why it is refused, for the log; null when it is not
   */
  record Answer(List<Id> ids, String why) {}
}
