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
  private static final BenchMetric RATE =
      new BenchMetric("TLS handshakes", BenchMetric.Unit.PER_SECOND, true, 1);
  private static final BenchMetric CPU =
      BenchMetric.lower("TLS handshake server CPU", BenchMetric.Unit.MICROS, Double.NaN);

  @Override
  public String name() {
    return "handshakes";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(RATE, CPU);
  }

  @Override
  public boolean isLong() {
    return false;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    Settings.Sizes sizes = target.sizes();
    ServerProcess server = target.lasting();
    run(server.endpoint(), round == 0 ? sizes.firstWarmUpNanos() : sizes.warmUpNanos());
    long cpu = server.cpuNanos();
    long start = System.nanoTime();
    long count = run(server.endpoint(), sizes.windowNanos());
    double seconds = (System.nanoTime() - start) / 1e9;
    samples.add(RATE, target.kind(), count / seconds);
    samples.add(CPU, target.kind(), (server.cpuNanos() - cpu) / 1e3 / count);
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
