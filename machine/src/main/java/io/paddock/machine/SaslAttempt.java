package io.paddock.machine;

import io.paddock.frontend.SaslAnswer;
import java.util.function.Function;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's side of the SASL login of one client or peer. It may take long: names are looked
 * up, and a log of tickets is read. One thread at a time.
 */
public final class SaslAttempt {
  private static final Logger LOG = LoggerFactory.getLogger(SaslAttempt.class);

  /** Makes the mechanism for the first token. */
  interface Maker {
    SaslServer make() throws SaslException;
  }

  private final Maker maker;
  private final Function<Throwable, String> words;

  /** Null before the first token. */
  private SaslServer server;

  private boolean failed;

  /**
   * @param words why it has failed, for people
   */
  SaslAttempt(Maker maker, Function<Throwable, String> words) {
    this.maker = maker;
    this.words = words;
  }

  /** Judges the next token of whom logs in. */
  public SaslAnswer judge(byte[] token) {
    try {
      if (failed) {
        throw new SaslException("at illegal state");
      }
      if (server == null) {
        server = maker.make();
      }
      byte[] answer = server.evaluateResponse(token);
      return server.isComplete()
          ? SaslAnswer.done(answer, server.getAuthorizationID())
          : SaslAnswer.challenge(answer);
    } catch (SaslException | RuntimeException e) {
      // Not only what it declares: the mechanisms of the JDK were written for honest clients.
      failed = true;
      LOG.debug("A SASL login failed", e);
      return SaslAnswer.failed(words.apply(e));
    }
  }
}
