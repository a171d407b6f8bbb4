package io.paddock.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Full TLS handshakes a second, with certificates on both sides: connections that ask {@code ruok}
 * once, so that the server has checked the client's certificate, and end.
 */
final class HandshakeRate implements Measurement {
  private static final int THREADS = 4;
  private static final int ANSWER_MILLIS_MAX = 20_000;

  private final String prefix;
  private final BenchMetric rate;
  private final BenchMetric cpu;

  HandshakeRate() {
    this("", 1);
  }

  private HandshakeRate(String prefix, double goal) {
    this.prefix = prefix;
    this.rate = new BenchMetric(prefix + "TLS handshakes", BenchMetric.Unit.PER_SECOND, true, goal);
    this.cpu =
        BenchMetric.lower(prefix + "TLS handshake server CPU", BenchMetric.Unit.MICROS, Double.NaN);
  }

  /** The same on a server that somebody else starts, under a name that begins otherwise. */
  static HandshakeRate own(String prefix) {
    return new HandshakeRate(prefix, Double.NaN);
  }

  @Override
  public String name() {
    return prefix + "handshakes";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(rate, cpu);
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    Settings.Sizes sizes = target.sizes();
    measure(
        target.lasting(),
        round == 0 ? sizes.firstWarmUpNanos() : sizes.warmUpNanos(),
        target,
        samples);
  }

  /** One round on a server that is there. */
  void measure(ServerProcess server, long warmUpNanos, Target target, Samples samples)
      throws IOException {
    run(server.endpoint(), warmUpNanos);
    long cpuBefore = server.cpuNanos();
    long start = System.nanoTime();
    long count = run(server.endpoint(), target.sizes().windowNanos());
    double seconds = (System.nanoTime() - start) / 1e9;
    samples.add(rate, target.kind(), count / seconds);
    samples.add(cpu, target.kind(), (server.cpuNanos() - cpuBefore) / 1e3 / count);
  }

  private static long run(Endpoint server, long nanos) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      long end = System.nanoTime() + nanos;
      AtomicLong count = new AtomicLong();
      Callable<Void> loop =
          () -> {
            while (System.nanoTime() < end) {
              shakeHands(server);
              count.incrementAndGet();
            }
            return null;
          };
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(threads.submit(loop));
      }
      for (Future<Void> one : running) {
        one.get();
      }
      return count.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void shakeHands(Endpoint server) throws IOException {
    try (SocketChannel channel = SocketChannel.open(server.address())) {
      TlsWire wire = TlsWire.open(channel, server.tls(), ANSWER_MILLIS_MAX);
      channel.write(wire.encrypt(ByteBuffer.wrap("ruok".getBytes(StandardCharsets.US_ASCII))));
      ByteBuffer answer = ByteBuffer.allocate(2 * TlsWire.RECORD_BYTES);
      if (wire.read(answer) < 4) {
        throw new IOException("the server did not answer ruok");
      }
    }
  }
}
