package io.paddock.server;

/**
 * What one connection holds of a {@link ByteBound}: there is one only while that is not nothing, so
 * an idle connection pays nothing for it. Belongs to the connection's loop.
 */
final class HeldBytes implements ByteBound.Holder {
  private final ClientChannel channel;
  private final boolean incoming;
  private long bytes;
  private long markBytes;
  private long sinceNanos;

  /**
   * @param incoming whether it is the beginning of a request, and not what waits to be read
   */
  HeldBytes(ClientChannel channel, boolean incoming, long nowNanos) {
    this.channel = channel;
    this.incoming = incoming;
    this.sinceNanos = nowNanos;
  }

  /**
   * So much is held now, and so much was added since the last call. When all that was there at some
   * moment has passed, the time counts from then on: so it says for how long the oldest byte may
   * have waited, and a client that takes much at a good pace does not seem slow.
   *
   * @return what was held before
   */
  long set(long now, long added, long nowNanos) {
    long before = bytes;
    markBytes -= before + added - now;
    if (before == 0 || markBytes <= 0) {
      markBytes = now;
      sinceNanos = nowNanos;
    }
    bytes = now;
    return before;
  }

  @Override
  public void look() {
    if (!incoming) {
      channel.countUnsent();
    }
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long heldNanos(long nowNanos) {
    // What waits because this server does not read it is not the client's fault.
    return incoming && channel.isPaused() ? 0 : nowNanos - sinceNanos;
  }

  @Override
  public void cut() {
    channel.cut();
  }

  @Override
  public String toString() {
    return channel.toString();
  }
}
