package io.paddock.providers;

import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.jute.Record;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.server.DumbWatcher;

/**
 * The connection as a provider sees it, for the time of one call: who and where the client is. It
 * can be given identities and be closed; whoever would send something over it is told that this is
 * not possible here. What a provider does with it after its call has no effect.
 *
 * <p>A {@code DumbWatcher} because {@code ServerCnxn} has abstract methods that only classes of its
 * own package can have.
 */
final class ProviderConnection extends DumbWatcher {
  private final ProviderCaller caller;
  private boolean closed;

  ProviderConnection(ProviderCaller caller) {
    super(caller.sessionId());
    this.caller = caller;
    caller.ids().forEach(id -> addAuthInfo(new Id(id.scheme(), id.id())));
  }

  /** Who the client is now: who it was, in that order, and then who it has become. */
  List<io.paddock.wire.Id> ids() {
    Set<io.paddock.wire.Id> now = new LinkedHashSet<>();
    for (Id id : getAuthInfo()) {
      now.add(new io.paddock.wire.Id(id.getScheme(), id.getId()));
    }
    List<io.paddock.wire.Id> ordered = new ArrayList<>(caller.ids());
    ordered.retainAll(now);
    now.removeAll(caller.ids());
    ordered.addAll(now);
    return ordered;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public InetSocketAddress getRemoteSocketAddress() {
    return caller.remote();
  }

  @Override
  public boolean isSecure() {
    return caller.secure();
  }

  @Override
  public Certificate[] getClientCertificateChain() {
    return caller.certificates() == null ? null : caller.certificates().toArray(new Certificate[0]);
  }

  @Override
  public void close(DisconnectReason reason) {
    closed = true;
  }

  @Override
  public void sendCloseSession() {
    closed = true;
  }

  @Override
  public boolean isZKServerRunning() {
    return true;
  }

  @Override
  public void setClientCertificateChain(Certificate[] chain) {
    throw notHere("setClientCertificateChain");
  }

  @Override
  public int sendResponse(
      ReplyHeader header, Record record, String tag, String key, Stat stat, int opCode) {
    throw notHere("sendResponse");
  }

  @Override
  public void process(WatchedEvent event, List<ACL> acl) {
    throw notHere("process");
  }

  private static UnsupportedOperationException notHere(String method) {
    return new UnsupportedOperationException(
        "ServerCnxn." + method + " cannot be called by a provider at Paddock (docs/security.md)");
  }
}
