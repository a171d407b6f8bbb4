package io.paddock.providers;

import io.paddock.config.ConfigException;
import io.paddock.config.ProviderClass;
import io.paddock.machine.Guard;
import io.paddock.machine.StartException;
import io.paddock.machine.UserClass;
import io.paddock.tree.ProvidedScheme;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.server.auth.AuthenticationProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers that the configuration names ({@code authProvider.N}), each made once, by its
 * constructor without arguments, at the start. Of two with one scheme the later key's counts. Its
 * methods are for any thread.
 */
public final class ApacheProviders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApacheProviders.class);

  /** Their identities come from elsewhere than an auth packet, or mean something to the server. */
  private static final Set<String> RESERVED = Set.of("world", "auth", "super", "x509");

  private final Map<String, ProviderScheme> schemes;
  private final BoundedCalls calls;

  private ApacheProviders(Map<String, ProviderScheme> schemes, BoundedCalls calls) {
    this.schemes = schemes;
    this.calls = calls;
  }

  /**
   * Loads them.
   *
   * @throws StartException one cannot be had; says which and what to do
   */
  public static ApacheProviders open(List<ProviderClass> classes, Guard guard)
      throws StartException {
    BoundedCalls calls = new BoundedCalls(guard);
    Map<String, ProviderScheme> schemes = new LinkedHashMap<>();
    try {
      for (ProviderClass wanted : classes) {
        AuthenticationProvider provider;
        String scheme;
        UserClass making = UserClass.making(wanted.key() + "=" + wanted.className());
        try {
          provider = load(wanted);
          scheme = schemeOf(wanted, provider);
        } finally {
          making.close();
        }
        ProviderScheme before =
            schemes.put(scheme, new ProviderScheme(provider, wanted.className(), calls, guard));
        LOG.info(
            "{}: clients of scheme {} are judged by {}{}",
            wanted.place(),
            scheme,
            wanted.className(),
            before == null ? "" : ", and no longer by " + before);
      }
    } catch (StartException e) {
      calls.close();
      throw e;
    }
    return new ApacheProviders(schemes, calls);
  }

  private static AuthenticationProvider load(ProviderClass wanted) throws StartException {
    try {
      return Class.forName(wanted.className(), true, ApacheProviders.class.getClassLoader())
          .asSubclass(AuthenticationProvider.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ClassNotFoundException e) {
      throw refused(
          wanted,
          "is no class of the class path: name its jar in CLASSPATH (conf/zookeeper-env.sh)",
          e);
    } catch (ClassCastException e) {
      throw refused(wanted, "does not implement " + AuthenticationProvider.class.getName(), e);
    } catch (NoSuchMethodException e) {
      throw refused(wanted, "has no constructor without arguments", e);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw refused(wanted, "cannot be made: " + cause, e);
    }
  }

  private static String schemeOf(ProviderClass wanted, AuthenticationProvider provider)
      throws StartException {
    String scheme;
    try {
      scheme = provider.getScheme();
    } catch (LinkageError | RuntimeException e) {
      throw refused(wanted, "does not tell its scheme: " + e, e);
    }
    if (scheme == null || scheme.isEmpty()) {
      throw refused(wanted, "has no scheme", null);
    }
    if (RESERVED.contains(scheme)) {
      throw refused(wanted, "has the scheme " + scheme + ", which cannot be replaced here", null);
    }
    return scheme;
  }

  private static StartException refused(ProviderClass wanted, String why, Throwable cause) {
    return new StartException(
        wanted.place() + ": " + wanted.key() + "=" + wanted.className() + " " + why,
        ConfigException.EXIT_INVALID_CONFIG,
        cause);
  }

  /** What access control asks, by scheme. */
  public Map<String, ProvidedScheme> schemes() {
    return Map.copyOf(schemes);
  }

  /**
   * Has the provider of a scheme that is there judge an auth packet. Takes as long as it takes.
   *
   * @param auth as sent, may be null
   */
  public ProviderAnswer authenticate(String scheme, byte[] auth, ProviderCaller caller) {
    return schemes.get(scheme).authenticate(auth, caller);
  }

  @Override
  public void close() {
    calls.close();
  }
}
