package io.paddock.providers;

import io.paddock.machine.Guard;
import io.paddock.tree.ProvidedScheme;
import io.paddock.wire.Acl;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.AuthenticationProvider;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider.MatchValues;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider.ServerObjs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One provider. Whatever it throws is a refusal, told in the log once a second at most. Where the
 * interface hands out the server itself ({@code ServerObjs.getZks}) there is null, and so is the
 * connection where lists are judged: another server may have it.
 */
final class ProviderScheme implements ProvidedScheme {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderScheme.class);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AuthenticationProvider provider;
  private final String name;
  private final BoundedCalls calls;
  private final Guard guard;
  private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - SILENCE_NANOS);

  ProviderScheme(AuthenticationProvider provider, String name, BoundedCalls calls, Guard guard) {
    this.provider = provider;
    this.name = name;
    this.calls = calls;
    this.guard = guard;
  }

  ProviderAnswer authenticate(byte[] auth, ProviderCaller caller) {
    try {
      ProviderConnection connection = new ProviderConnection(caller);
      KeeperException.Code code =
          provider instanceof ServerAuthenticationProvider server
              ? server.handleAuthentication(new ServerObjs(null, connection), auth)
              : provider.handleAuthentication(connection, auth);
      if (code != KeeperException.Code.OK) {
        return ProviderAnswer.refused(name + " says " + code);
      }
      return connection.isClosed()
          ? ProviderAnswer.refused(name + " has closed the connection")
          : new ProviderAnswer(connection.ids(), null);
    } catch (Throwable e) {
      haltOnFatal(e);
      return ProviderAnswer.refused(name + " has thrown " + words(e));
    }
  }

  @Override
  public boolean isAuthenticated() {
    return ask("isAuthenticated", provider::isAuthenticated);
  }

  @Override
  public boolean isValid(String id) {
    return ask("isValid", () -> provider.isValid(id));
  }

  @Override
  public boolean matches(String own, String wanted, Asked asked) {
    if (provider instanceof ServerAuthenticationProvider server) {
      return ask(
          "matches",
          () ->
              server.matches(
                  new ServerObjs(null, null),
                  new MatchValues(asked.path(), own, wanted, asked.perms(), list(asked.newAcl()))));
    }
    return ask("matches", () -> provider.matches(own, wanted));
  }

  @Override
  public String user(String id) {
    String user = call("getUserName", () -> provider.getUserName(id));
    return user == null ? "" : user;
  }

  private boolean ask(String method, Callable<Boolean> question) {
    return Boolean.TRUE.equals(call(method, question));
  }

  /** Null for what it cannot say. */
  private <T> T call(String method, Callable<T> question) {
    try {
      return calls.call(question);
    } catch (TimeoutException e) {
      tell(method, "does not answer in time; requests that need it are refused");
    } catch (ExecutionException e) {
      haltOnFatal(e.getCause());
      tell(method, "has thrown " + words(e.getCause()) + ": the request is refused");
    }
    return null;
  }

  private void tell(String method, String what) {
    long now = System.nanoTime();
    long told = toldNanos.get();
    if (now - told >= SILENCE_NANOS && toldNanos.compareAndSet(told, now)) {
      LOG.warn("{}.{} {}", name, method, what);
    }
  }

  /** Its kind only: a message may hold what the client has sent. */
  private static String words(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return thrown.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private void haltOnFatal(Throwable thrown) {
    if (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError)) {
      guard.halt(thrown);
    }
  }

  private static List<ACL> list(List<Acl> acl) {
    if (acl == null) {
      return null;
    }
    List<ACL> list = new ArrayList<>(acl.size());
    acl.forEach(
        entry -> list.add(new ACL(entry.perms(), new Id(entry.id().scheme(), entry.id().id()))));
    return list;
  }

  @Override
  public String toString() {
    return name;
  }
}
