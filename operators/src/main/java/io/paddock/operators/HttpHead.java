package io.paddock.operators;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.paddock.config.HttpLimits;

/** What the head of a request must be like, whatever it asks for. */
final class HttpHead {
  private static final int PIECE_BYTES = 8 << 10;

  private HttpHead() {}

  /** A decoder that yields one request, or one piece of a body, each time it is given bytes. */
  static HttpRequestDecoder decoder(HttpLimits limits) {
    Decoder decoder =
        new Decoder(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.lineBytesMax())
                .setMaxHeaderSize(limits.headerBytesMax())
                .setMaxChunkSize(PIECE_BYTES));
    decoder.setSingleDecode(true);
    return decoder;
  }

  private static final class Decoder extends HttpRequestDecoder {
    Decoder(HttpDecoderConfig config) {
      super(config);
    }

    /** Who passes requests on could read another length than we do, and another next request. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
      throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
    }
  }

  /** Why a request is not answered; null when it is. */
  static WebAnswer refusal(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return WebAnswer.of(505, WebAnswer.TEXT, "This port speaks HTTP/1.1, not " + version + "\n");
    }
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || hosts == 0 && version.equals(HttpVersion.HTTP_1_1)) {
      return WebAnswer.of(400, WebAnswer.TEXT, "A request needs one Host header\n");
    }
    return null;
  }

  /** What is said of bytes that are no request. */
  static WebAnswer undecodable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return WebAnswer.of(414, WebAnswer.TEXT, "The request's first line is too long\n");
    } else if (cause instanceof TooLongHttpHeaderException) {
      return WebAnswer.of(431, WebAnswer.TEXT, "The headers are too long\n");
    }
    return WebAnswer.of(400, WebAnswer.TEXT, "This port speaks HTTP/1.1, and that was none\n");
  }

  /** What is asked for is no path. */
  static WebAnswer nowhere() {
    return WebAnswer.of(
        400, WebAnswer.TEXT, "That is no path, or a % in it lacks two hexadecimal digits\n");
  }

  /** Too many others ask. */
  static WebAnswer busy() {
    return WebAnswer.of(503, WebAnswer.TEXT, "Too many requests are at work; ask again later\n");
  }
}
