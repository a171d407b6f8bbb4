package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.channel.ConnectTimeoutException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures as messages tell them. */
class CauseWordsTest {
  static Stream<Arguments> failures() {
    IOException noFile = new NoSuchFileException("/data/log.1");
    return Stream.of(
        arguments(new UnresolvedAddressException(), "no such host"),
        arguments(new UnknownHostException(), "no such host"),
        arguments(new UnknownHostException("zk-0.zk-hs"), "no such host: zk-0.zk-hs"),
        arguments(new ClosedChannelException(), "the connection or file was closed meanwhile"),
        arguments(new AsynchronousCloseException(), "the connection or file was closed meanwhile"),
        arguments(new ConnectTimeoutException(), "no answer in time"),
        arguments(new SocketTimeoutException(), "no answer in time"),
        arguments(new TimeoutException(), "it took too long"),
        arguments(new EOFException(), "it ended too early"),
        arguments(new InterruptedException(), "it was broken off"),
        arguments(new CancellationException(), "it was broken off"),
        arguments(noFile, "/data/log.1: there is no such file or directory"),
        arguments(new AccessDeniedException("/data"), "/data: permission denied"),
        arguments(new FileAlreadyExistsException("/data"), "/data: it is there already"),
        arguments(new NotDirectoryException("/data"), "/data: it is not a directory"),
        arguments(new DirectoryNotEmptyException("/data"), "/data: the directory is not empty"),
        arguments(
            new FileSystemException("/data", null, "No space left on device"),
            "/data: No space left on device"),
        arguments(new FileSystemException("/data"), "/data: file system"),
        arguments(new BindException("Address already in use"), "the port is in use"),
        arguments(
            new BindException("bind(..) failed: Cannot assign requested address"),
            "it is no address of this machine"),
        arguments(new ConnectException("Connection refused"), "Connection refused"),
        arguments(new IOException(), "an input or output error"),
        arguments(new IOException("Input/output error"), "Input/output error"),
        arguments(new ClosedSelectorException(), "closed selector"),
        arguments(new BufferUnderflowException(), "buffer underflow"),
        arguments(new IndexOutOfBoundsException("-1"), "index out of bounds (-1)"),
        arguments(new OutOfMemoryError("Java heap space"), "out of memory (Java heap space)"),
        arguments(
            new UncheckedIOException(noFile), "/data/log.1: there is no such file or directory"),
        arguments(
            new CompletionException(noFile), "/data/log.1: there is no such file or directory"),
        arguments(new ExecutionException(new EOFException()), "it ended too early"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureSaysWhyAndNotOnlyWhere(Throwable failure, String words) {
    assertThat(CauseWords.of(failure)).isEqualTo(words);
  }

  @Test
  void whatJavaReallyThrowsForANameWithoutAddressIsNotNull() throws IOException {
    try (ServerSocketChannel port = ServerSocketChannel.open()) {
      port.bind(InetSocketAddress.createUnresolved("nowhere.invalid", 1));
    } catch (UnresolvedAddressException e) {
      assertThat(e.getMessage()).isNull();
      assertThat(CauseWords.of(e)).isEqualTo("no such host");
    }
  }
}
