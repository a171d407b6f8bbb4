package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.config.AuthConfig;
import io.paddock.config.ConfigException;
import io.paddock.frontend.AuthPort;
import io.paddock.frontend.Connection;
import io.paddock.frontend.Lane;
import io.paddock.machine.Guard;
import io.paddock.machine.StartException;
import io.paddock.providers.ApacheProviders;
import io.paddock.providers.ProviderAnswer;
import io.paddock.providers.ProviderCaller;
import io.paddock.tree.ProvidedScheme;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Has the user's own providers judge auth packets, in threads beside the loops, and refuses in
 * their place who has waited for {@link #DEADLINE_MS}. A call that never comes back keeps one of
 * the threads. Loaded only where the configuration names such a class.
 */
final class ProviderJudges implements AutoCloseable {
  private static final int THREADS = 8;
  static final long DEADLINE_MS = 10_000;
  private static final Set<String> BUILT_IN = Set.of("ip", "digest", "x509", "sasl", "ensemble");

  private final ApacheProviders providers;
  private final ThreadPoolExecutor judges;

  private ProviderJudges(ApacheProviders providers, Guard guard) {
    this.providers = providers;
    // At most one packet of each connection waits. The threads are made now: later there may be
    // none.
    judges =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> guard.daemon(work, "paddock-auth"));
    judges.prestartAllCoreThreads();
  }

  static ProviderJudges open(AuthConfig config, Guard guard) throws StartException {
    ApacheProviders providers;
    try {
      providers = ApacheProviders.open(config.providers(), guard);
    } catch (NoClassDefFoundError e) {
      throw new StartException(
          config.providers().get(0).place()
              + ": "
              + config.providers().get(0).key()
              + " needs ZooKeeper's own jar beside it, and the class path lacks "
              + e.getMessage()
              + ": add zookeeper-3.9.6.jar and zookeeper-jute-3.9.6.jar to CLASSPATH",
          ConfigException.EXIT_INVALID_CONFIG,
          e);
    }
    for (String scheme : config.required()) {
      if (!BUILT_IN.contains(scheme) && !providers.schemes().containsKey(scheme)) {
        providers.close();
        throw new StartException(
            "enforce.auth.schemes asks for the scheme "
                + scheme
                + ", which none of the classes of authProvider.* has: correct it",
            ConfigException.EXIT_INVALID_CONFIG,
            null);
      }
    }
    return new ProviderJudges(providers, guard);
  }

  Map<String, ProvidedScheme> schemes() {
    return providers.schemes();
  }

  /** For the clients of a loop. */
  AuthPort port(EventLoop loop, Guard guard) {
    Set<String> schemes = providers.schemes().keySet();
    return new AuthPort() {
      @Override
      public Set<String> schemes() {
        return schemes;
      }

      @Override
      public void judge(
          Lane lane, Connection connection, String scheme, byte[] auth, Consumer<Answer> then) {
        ClientChannel channel = (ClientChannel) connection;
        ProviderCaller caller =
            new ProviderCaller(
                lane.sessionId(),
                channel.remote(),
                channel.isSecure(),
                lane.ids(),
                channel.certificates());
        begin(scheme, auth, caller, new Once(loop, guard, then));
      }
    };
  }

  private void begin(String scheme, byte[] auth, ProviderCaller caller, Once once) {
    try {
      once.giveUpLater();
      judges.execute(
          () -> {
            if (!once.isTold()) {
              ProviderAnswer answer = providers.authenticate(scheme, auth, caller);
              once.tell(new AuthPort.Answer(answer.ids(), answer.why()));
            }
          });
    } catch (RejectedExecutionException e) {
      // The server stops, and its connections with it.
    }
  }

  /** Tells the answer, or that there is none in time, whatever is first. */
  private static final class Once {
    private final EventLoop loop;
    private final Guard guard;
    private final Consumer<AuthPort.Answer> then;
    private final AtomicBoolean told = new AtomicBoolean();
    private ScheduledFuture<?> deadline;

    Once(EventLoop loop, Guard guard, Consumer<AuthPort.Answer> then) {
      this.loop = loop;
      this.guard = guard;
      this.then = then;
    }

    boolean isTold() {
      return told.get();
    }

    void tell(AuthPort.Answer answer) {
      if (told.compareAndSet(false, true)) {
        try {
          loop.execute(
              guard.of(
                  () -> {
                    deadline.cancel(false);
                    then.accept(answer);
                  }));
        } catch (RejectedExecutionException e) {
          // The server stops.
        }
      }
    }

    void giveUpLater() {
      AuthPort.Answer late =
          new AuthPort.Answer(
              null, "its provider has not answered in " + DEADLINE_MS / 1000 + " s");
      deadline = loop.schedule(guard.of(() -> tell(late)), DEADLINE_MS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    judges.shutdownNow();
    providers.close();
  }
}
