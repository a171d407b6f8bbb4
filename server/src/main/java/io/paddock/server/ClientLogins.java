package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.config.AuthConfig;
import io.paddock.frontend.AuthRules;
import io.paddock.frontend.SaslAnswer;
import io.paddock.frontend.SaslPort;
import io.paddock.machine.Guard;
import io.paddock.machine.SaslAttempt;
import io.paddock.machine.SaslLogin;
import io.paddock.machine.StartException;
import io.paddock.tree.ProvidedScheme;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What clients must prove, and the logins of all loops by SASL and by the user's own providers:
 * they are judged by a few threads beside the loops, since that may wait for names and files, and
 * answered in the client's loop. A server without these has none of the threads.
 */
final class ClientLogins implements AutoCloseable {
  private static final int THREADS = 4;

  private final AuthConfig config;
  private final Optional<SaslLogin> login;

  /** Null without SASL, and before it is opened. */
  private ThreadPoolExecutor judges;

  /** Null where the configuration names none, and before they are loaded. */
  private ProviderJudges providers;

  private ClientLogins(AuthConfig config, Optional<SaslLogin> login) {
    this.config = config;
    this.login = login;
  }

  /** Reads the login configuration, before anything else is begun. */
  static ClientLogins open(AuthConfig config) throws StartException {
    return new ClientLogins(config, SaslLogin.open(config.sasl(), config.onlySasl()));
  }

  /** Loads the user's own providers; who knows their schemes. */
  Map<String, ProvidedScheme> load(Guard guard) throws StartException {
    if (config.providers().isEmpty()) {
      return Map.of();
    }
    providers = ProviderJudges.open(config, guard);
    return providers.schemes();
  }

  /** Begins to take tokens. */
  void start(Guard guard) {
    if (login.isEmpty()) {
      return;
    }
    login.get().watch(guard);
    // No more can wait than there are connections, one token of each; it counts among the requests
    // that wait for their answer. The threads are made now: later there may be none.
    judges =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> guard.daemon(work, "paddock-sasl"));
    judges.prestartAllCoreThreads();
  }

  /** The rules for the clients of a loop. */
  AuthRules rules(EventLoop loop, Guard guard) {
    AuthRules rules =
        new AuthRules(
            null,
            providers == null ? null : providers.port(loop, guard),
            config.sasl().keepsFailed(),
            config.required(),
            config.ensembleNames());
    return login.isEmpty() ? rules : rules.with(() -> new Talk(login.get().begin(), loop, guard));
  }

  /** One client's. */
  private final class Talk implements SaslPort.Exchange {
    private final SaslAttempt attempt;
    private final EventLoop loop;
    private final Guard guard;

    Talk(SaslAttempt attempt, EventLoop loop, Guard guard) {
      this.attempt = attempt;
      this.loop = loop;
      this.guard = guard;
    }

    @Override
    public void judge(byte[] token, Consumer<SaslAnswer> then) {
      try {
        judges.execute(
            () -> {
              SaslAnswer answer = attempt.judge(token);
              tell(guard.of(() -> then.accept(answer)));
            });
      } catch (RejectedExecutionException e) {
        // The server stops, and its connections with it.
      }
    }

    private void tell(Runnable answer) {
      try {
        loop.execute(answer);
      } catch (RejectedExecutionException e) {
        // The same.
      }
    }
  }

  @Override
  public void close() {
    login.ifPresent(SaslLogin::close);
    if (judges != null) {
      judges.shutdownNow();
    }
    if (providers != null) {
      providers.close();
    }
  }
}
