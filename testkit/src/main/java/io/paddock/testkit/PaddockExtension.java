package io.paddock.testkit;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each JUnit 5 test a fresh server, as a parameter of type {@link EmbeddedServer}; it is
 * closed after the test.
 *
 * <pre>
 *   &#64;ExtendWith(PaddockExtension.class)
 *   class LockTest {
 *     &#64;Test
 *     void oneAtATime(EmbeddedServer server) { connect(server.connectString()); }
 *   }
 * </pre>
 *
 * <p>For other settings, register an object: {@code @RegisterExtension PaddockExtension paddock =
 * new PaddockExtension(EmbeddedServer.builder().tickTimeMs(100))}.
 */
public final class PaddockExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(PaddockExtension.class);

  private final EmbeddedServer.Builder builder;

  /** With the defaults of {@link EmbeddedServer#builder}. */
  public PaddockExtension() {
    this(EmbeddedServer.builder());
  }

  /** With settings of one's own; a fresh server is made of them for every test. */
  public PaddockExtension(EmbeddedServer.Builder builder) {
    this.builder = builder;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(EmbeddedServer.class, builder.start());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    EmbeddedServer server =
        context.getStore(NAMESPACE).remove(EmbeddedServer.class, EmbeddedServer.class);
    if (server != null) {
      server.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EmbeddedServer.class;
  }

  @Override
  public EmbeddedServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getStore(NAMESPACE).get(EmbeddedServer.class, EmbeddedServer.class);
  }
}
