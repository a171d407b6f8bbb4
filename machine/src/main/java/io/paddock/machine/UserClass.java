package io.paddock.machine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands around the making of an object of a user's own class: where that ends the process ({@code
 * System.exit}), the log says at least what was being made.
 */
public final class UserClass implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UserClass.class);

  private final Thread hook;

  private UserClass(Thread hook) {
    this.hook = hook;
  }

  /**
   * Begins; to be closed when the object is made, or is not.
   *
   * @param key with its value, as in {@code authProvider.1=com.example.Token}
   */
  public static UserClass making(String key) {
    Thread hook =
        new Thread(
            () ->
                LOG.error(
                    "The process ends while {} is being made: that class has called System.exit, or"
                        + " the process was told to end; correct the class, or remove the line",
                    key),
            "paddock-user-class");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It ends already.
    }
    return new UserClass(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It ends, and the log has said so.
    }
  }
}
