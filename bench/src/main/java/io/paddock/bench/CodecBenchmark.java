package io.paddock.bench;

import io.paddock.wire.Acl;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReplyHeader;
import io.paddock.wire.Stat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.zookeeper.proto.SetDataRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The client protocol's codec by itself, with Apache's on the same record beside it. Public because
 * JMH asks for it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  private static final String PATH = "/bench/n0000042";
  private static final byte[] DATA = Znodes.data(42);

  private final JuteReader in = new JuteReader();
  private final JuteWriter out = new JuteWriter();
  private final Stat stat = new Stat(1, 2, 3, 4, 5, 6, 7, 8, DATA.length, 0, 11);
  private final byte[] set = bytes(new Op.SetData(PATH, DATA, -1));
  private final byte[] create = bytes(new Op.Create(OpCode.CREATE, PATH, DATA, Acl.OPEN, 0, -1));

  /** A setData request, as the server reads it. */
  @Benchmark
  public Op decodeSet() {
    return Op.read(OpCode.SET_DATA, in.reset(set, 0, set.length));
  }

  /** The same request by Apache's codec. */
  @Benchmark
  public SetDataRequest decodeSetByApache() throws IOException {
    SetDataRequest request = new SetDataRequest();
    request.deserialize(BinaryInputArchive.getArchive(new ByteArrayInputStream(set)), "request");
    return request;
  }

  /** A create request, as the server reads it. */
  @Benchmark
  public Op decodeCreate() {
    return Op.read(OpCode.CREATE, in.reset(create, 0, create.length));
  }

  /** A getData reply, as the server writes it. */
  @Benchmark
  public int encodeGetReply() {
    out.clear();
    int frame = out.beginFrame();
    ReplyHeader.write(out, 7, 8, 0);
    out.writeBuffer(DATA);
    stat.write(out);
    out.endFrame(frame);
    return out.size();
  }

  /** The same reply by Apache's codec. */
  @Benchmark
  public int encodeGetReplyByApache() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    BinaryOutputArchive archive = BinaryOutputArchive.getArchive(bytes);
    new org.apache.zookeeper.proto.ReplyHeader(7, 8, 0).serialize(archive, "header");
    new org.apache.zookeeper.proto.GetDataResponse(
            DATA, new org.apache.zookeeper.data.Stat(1, 2, 3, 4, 5, 6, 7, 8, DATA.length, 0, 11))
        .serialize(archive, "response");
    return bytes.size();
  }

  private static byte[] bytes(Op op) {
    JuteWriter writer = new JuteWriter();
    op.write(writer);
    return writer.toByteArray();
  }
}
