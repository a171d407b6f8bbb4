package io.paddock.bench;

import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;

/**
 * Where the load generator connects, and how.
 *
 * @param tls with whose stores, or null for plain text
 */
record Endpoint(InetSocketAddress address, SSLContext tls) {
  static Endpoint plain(InetSocketAddress address) {
    return new Endpoint(address, null);
  }
}
