package io.paddock.providers;

import io.paddock.wire.Id;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.List;

/**
 * The connection on which somebody authenticates.
 *
 * @param sessionId of its session
 * @param remote where it comes from
 * @param secure whether it came to the port for TLS alone
 * @param ids who it is already
 * @param certificates by which it has proven to be somebody, its own first; null for none
 */
public record ProviderCaller(
    long sessionId,
    InetSocketAddress remote,
    boolean secure,
    List<Id> ids,
    List<Certificate> certificates) {
  public ProviderCaller {
    ids = List.copyOf(ids);
    certificates = certificates == null ? null : List.copyOf(certificates);
  }
}
