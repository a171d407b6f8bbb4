package io.paddock.sim;

import io.paddock.frontend.Connection;
import io.paddock.frontend.Lane;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import java.util.function.Supplier;

/** A server's end of a client's connection. */
final class ClientSocket implements Connection, Pipe.Receiver {
  private final World world;
  private final SimClientLoop loop;
  private final long client;
  private final ArrivedBytes in = new ArrivedBytes();
  private final JuteWriter out = new JuteWriter();
  private final Tampering tampering;
  private Lane lane;
  private Pipe toClient;
  private boolean closing;

  ClientSocket(World world, SimClientLoop loop, long client) {
    this.world = world;
    this.loop = loop;
    this.client = client;
    this.tampering = new Tampering(world);
  }

  void lane(Lane mine) {
    lane = mine;
  }

  void connected(Pipe pipe) {
    toClient = pipe;
  }

  Pipe toClient() {
    return toClient;
  }

  @Override
  public boolean isGone() {
    return loop.process().isGone();
  }

  @Override
  public boolean isPaused() {
    return loop.process().isPaused();
  }

  @Override
  public void onBytes(byte[] bytes) {
    in.add(bytes);
    pump();
  }

  /** Gives the lane what it takes. */
  private void pump() {
    loop.catchUp();
    while (!closing && !isGone() && lane.wantsRead()) {
      byte[] frame = in.takeFrame();
      if (frame == null) {
        break;
      }
      for (byte[] each : tampering.incoming(frame)) {
        lane.onFrame(new JuteReader(each), loop.nowNanos());
      }
    }
    loop.flush();
  }

  /** Sends what the lane has written. */
  void flush() {
    if (out.size() > 0) {
      byte[] bytes = tampering.outgoing(out.toByteArray());
      out.clear();
      toClient.send(bytes);
    }
  }

  /** It has outlived a leader. */
  void goesOn() {
    tampering.goesOn();
  }

  @Override
  public void onEnd() {
    closed();
    toClient.end();
  }

  private void closed() {
    closing = true;
    loop.closed(this);
    lane.onClosed();
  }

  @Override
  public JuteWriter out() {
    return out;
  }

  @Override
  public void resumeReading() {
    world.after(
        0,
        () -> {
          if (!closing && !isGone()) {
            pump();
          }
        });
  }

  @Override
  public void oddity(Supplier<String> line) {
    world.tell(loop.process().name(), () -> "client " + client + ": " + line.get());
  }

  @Override
  public void close() {
    if (!closing) {
      flush();
      closing = true;
      toClient.end();
      world.after(
          0,
          () -> {
            if (!isGone()) {
              closed();
            }
          });
    }
  }
}
