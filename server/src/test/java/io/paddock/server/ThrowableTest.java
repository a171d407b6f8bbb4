package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.paddock.config.ZooCfg;
import io.paddock.testlib.QuietLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is thrown in whichever thread of a server ends it through its hook, once, or concerns
 * one connection only; and who asks how it does is answered by the threads that serve.
 */
@ExtendWith(QuietLog.class)
@Timeout(120)
class ThrowableTest {
  private static final OutOfMemoryError NO_HEAP = new OutOfMemoryError("Java heap space");

  @TempDir Path dir;
  private final AtomicInteger failures = new AtomicInteger();
  private PaddockServer server;

  @BeforeEach
  void start() throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("dataDir", dir.toString());
    settings.put("clientPort", "0");
    settings.put("clientPortAddress", "127.0.0.1");
    settings.put("admin.enableServer", "false");
    settings.put("preAllocSize", "64");
    server = PaddockServer.start(ZooCfg.of(settings, Map.of()), failures::incrementAndGet);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void assertEnded() throws InterruptedException {
    server.awaitTermination();
    assertThat(failures).as("calls of the hook").hasValue(1);
    assertThat(server.status().serving()).isFalse();
  }

  /** The socket of the only client. */
  private Channel channel(EventLoop loop) throws Exception {
    CompletableFuture<Channel> found = new CompletableFuture<>();
    ClientLoop clients =
        server.clientLoops().stream().filter(l -> l.loop() == loop).findFirst().orElseThrow();
    loop.execute(() -> clients.channels().forEach(channel -> found.complete(channel.channel())));
    return found.get(10, TimeUnit.SECONDS);
  }

  private EventLoop loopOfAClient() throws Exception {
    for (ClientLoop loop : server.clientLoops()) {
      CompletableFuture<Boolean> any = new CompletableFuture<>();
      loop.loop().execute(() -> any.complete(loop.channels().iterator().hasNext()));
      if (any.get(10, TimeUnit.SECONDS)) {
        return loop.loop();
      }
    }
    throw new AssertionError("no client");
  }

  @Test
  void anErrorInATaskOfTheCoreEndsTheServer() throws Exception {
    server
        .core()
        .later(
            () -> {
              throw NO_HEAP;
            });
    assertEnded();
  }

  @Test
  void anErrorWhileAClientIsReadEndsTheServer() throws Exception {
    try (PlainClient client = new PlainClient(server.clientPort())) {
      EventLoop loop = loopOfAClient();
      Channel channel = channel(loop);
      loop.execute(() -> channel.pipeline().fireChannelRead(new Poison()));
      assertEnded();
    }
  }

  @Test
  void anErrorOfNettyBelowAClientEndsTheServer() throws Exception {
    try (PlainClient client = new PlainClient(server.clientPort())) {
      Channel channel = channel(loopOfAClient());
      channel.pipeline().fireExceptionCaught(new NoClassDefFoundError("x"));
      assertEnded();
    }
  }

  @Test
  void noDirectMemoryForOneReadEndsThatConnectionOnly() throws Exception {
    try (PlainClient client = new PlainClient(server.clientPort());
        PlainClient other = new PlainClient(server.clientPort())) {
      assertThat(other.create("/a")).isZero();
      Channel channel = channel(loopOfAClient());
      channel
          .pipeline()
          .fireExceptionCaught(
              new OutOfMemoryError("failed to allocate 4194304 byte(s) of direct memory"));
      channel.closeFuture().sync();
      assertThat(server.status().round().get(10, TimeUnit.SECONDS)).isNull();
      try (PlainClient third = new PlainClient(server.clientPort())) {
        assertThat(third.create("/b")).isZero();
      }
      assertThat(failures).hasValue(0);
    }
  }

  @Test
  void anEventLoopThatEndsEndsTheServer() throws Exception {
    server.core().loop().shutdownGracefully(0, 0, TimeUnit.SECONDS);
    assertEnded();
  }

  @Test
  void aStuckLoopIsNotWaitedForWhenTheServerHasFailed() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    server.core().loop().execute(() -> await(never));
    server.core().failed(NO_HEAP);
    assertEnded();
    never.countDown();
  }

  @Test
  void whoServesAnswersHowItDoes() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    server.core().loop().execute(() -> await(stuck));
    CompletableFuture<Void> round = server.status().round();
    assertThat(round).isNotDone();
    stuck.countDown();
    round.get(10, TimeUnit.SECONDS);
    server.core().failed(NO_HEAP);
    assertThat(server.status().round().handle((all, cause) -> cause).get()).isNotNull();
    assertEnded();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aFailureThatNobodyCanTellOfEndsTheServerAllTheSame() throws Exception {
    server
        .core()
        .failed(
            new Error() {
              private static final long serialVersionUID = 1;

              @Override
              public String toString() {
                throw NO_HEAP;
              }
            });
    assertEnded();
  }

  /** What a read has brought, and cannot be taken. */
  private static final class Poison extends UnpooledHeapByteBuf {
    Poison() {
      super(UnpooledByteBufAllocator.DEFAULT, 8, 8);
      writeInt(1);
    }

    @Override
    public UnpooledHeapByteBuf readBytes(byte[] to, int index, int length) {
      throw NO_HEAP;
    }
  }
}
