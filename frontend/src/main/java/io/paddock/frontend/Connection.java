package io.paddock.frontend;

import io.paddock.wire.JuteWriter;
import java.util.function.Supplier;

/**
 * Where a lane's bytes go: a socket in the server, a list in the simulator and in tests. Called by
 * the client loop's thread only. No method may call back into the lane or the view before it
 * returns.
 */
public interface Connection {
  /**
   * Takes what the lane writes next, always whole frames by the time its call returns. To be sent
   * when the loop's burst ends. Asked for anew for each frame; asking means that something will be
   * written.
   */
  JuteWriter out();

  /**
   * {@link Lane#wantsRead} had become false and is true again: frames kept back are to be handed
   * over, soon.
   */
  void resumeReading();

  /** Logs what a client did wrong, though not every time: nobody is to fill a disk with it. */
  void oddity(Supplier<String> line);

  /** Sends what was written, then closes. {@link Lane#onClosed} may follow. */
  void close();
}
