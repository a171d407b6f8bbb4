package io.paddock.testkit;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each JUnit 5 test a fresh server, as a parameter of type {@link EmbeddedServer}, or a fresh
 * ensemble that has a leader, as a parameter of type {@link EmbeddedEnsemble}. They are closed
 * after the test.
 *
 * <pre>
 *   &#64;ExtendWith(PaddockExtension.class)
 *   class LockTest {
 *     &#64;Test
 *     void oneAtATime(EmbeddedServer server) { connect(server.connectString()); }
 *
 *     &#64;Test
 *     void alsoWhenTheLeaderDies(EmbeddedEnsemble ensemble) { ensemble.stop(ensemble.leader()); }
 *   }
 * </pre>
 *
 * <p>For other settings, register an object: {@code @RegisterExtension PaddockExtension paddock =
 * new PaddockExtension(EmbeddedServer.builder().tickTimeMs(100))}, or {@code new
 * PaddockExtension(EmbeddedEnsemble.builder().servers(5))}.
 */
public final class PaddockExtension implements AfterEachCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(PaddockExtension.class);

  private final EmbeddedServer.Builder server;
  private final EmbeddedEnsemble.Builder ensemble;

  /** With the defaults of {@link EmbeddedServer#builder} and {@link EmbeddedEnsemble#builder}. */
  public PaddockExtension() {
    this(EmbeddedServer.builder(), EmbeddedEnsemble.builder());
  }

  /** With settings of one's own; a fresh server is made of them for every test. */
  public PaddockExtension(EmbeddedServer.Builder server) {
    this(server, EmbeddedEnsemble.builder());
  }

  /** With settings of one's own; a fresh ensemble is made of them for every test. */
  public PaddockExtension(EmbeddedEnsemble.Builder ensemble) {
    this(EmbeddedServer.builder(), ensemble);
  }

  private PaddockExtension(EmbeddedServer.Builder server, EmbeddedEnsemble.Builder ensemble) {
    this.server = server;
    this.ensemble = ensemble;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    ExtensionContext.Store store = context.getStore(NAMESPACE);
    EmbeddedServer givenServer = store.remove(EmbeddedServer.class, EmbeddedServer.class);
    if (givenServer != null) {
      givenServer.close();
    }
    EmbeddedEnsemble givenEnsemble = store.remove(EmbeddedEnsemble.class, EmbeddedEnsemble.class);
    if (givenEnsemble != null) {
      givenEnsemble.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == EmbeddedServer.class || type == EmbeddedEnsemble.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EmbeddedServer.class
        ? given(context, EmbeddedServer.class, server::start)
        : given(context, EmbeddedEnsemble.class, this::startEnsemble);
  }

  private EmbeddedEnsemble startEnsemble() {
    EmbeddedEnsemble started = ensemble.start();
    try {
      started.awaitLeader();
      return started;
    } catch (IllegalStateException e) {
      started.close();
      throw e;
    }
  }

  /** Started when it is first asked for, so that nobody waits for what the test does not use. */
  private static <T> T given(ExtensionContext context, Class<T> type, Supplier<T> start) {
    return context.getStore(NAMESPACE).getOrComputeIfAbsent(type, key -> start.get(), type);
  }
}
