package io.paddock.machine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears, at the end of a listener's pipeline, that a connection could not be accepted; the acceptor
 * before it waits a second then, and accepts again.
 */
public final class AcceptTroubles extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptTroubles.class);

  private final String port;
  private final Descriptors descriptors;

  /**
   * @param port what it is to be called
   */
  public AcceptTroubles(String port, Descriptors descriptors) {
    this.port = port;
    this.descriptors = descriptors;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (Shortage.ofDescriptors(cause)) {
      descriptors.exhausted(port, cause);
    } else {
      LOG.warn("A connection to {} could not be accepted: {}", port, cause.toString());
    }
  }
}
