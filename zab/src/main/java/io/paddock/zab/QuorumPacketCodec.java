package io.paddock.zab;

import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Packets of the quorum port as bytes (quorum sheet, section 3.1).
 *
 * <pre>
 * int type, long zxid, buffer data, vector&lt;Id{ustring scheme, ustring id}&gt; authinfo
 * </pre>
 *
 * No length stands before them: {@link #length} finds where one ends.
 */
public final class QuorumPacketCodec {
  /** The longest data, the guard that Apache's servers have by default (section 0). */
  public static final int DATA_BYTES_MAX = 2_097_150;

  /** So many identities nobody has; a stranger may claim to. */
  private static final int IDS_MAX = 10_000;

  private static final int HEAD_BYTES = 16;
  private static final int DATA_LENGTH_AT = 12;

  private QuorumPacketCodec() {}

  /**
   * The length of the packet that starts at {@code from}; -1 when {@code bytes[from, to)} does not
   * hold all of it yet. Data and authinfo together are never longer than twice {@code
   * dataBytesMax}, so nobody has to wait for more than that.
   *
   * @param dataBytesMax the longest data, and the longest authinfo
   * @throws MalformedException when this cannot become a packet
   */
  public static int length(byte[] bytes, int from, int to, int dataBytesMax) {
    if (to - from < HEAD_BYTES) {
      return -1;
    }
    JuteReader in = new JuteReader().reset(bytes, from, to);
    in.skip(DATA_LENGTH_AT);
    if (!skipBuffer(in, dataBytesMax) || in.remaining() < 4) {
      return -1;
    }
    // Negative counts are none, as they are to who reads the packet.
    int ids = Math.max(in.readInt(), 0);
    if (ids > IDS_MAX) {
      throw new MalformedException("authinfo of " + ids + " entries");
    }
    int idsFrom = in.position();
    for (int i = 0; i < 2 * ids; i++) {
      int left = dataBytesMax - (in.position() - idsFrom);
      if (!skipBuffer(in, Math.max(left, 0))) {
        return -1;
      }
    }
    return in.position() - from;
  }

  private static boolean skipBuffer(JuteReader in, int bytesMax) {
    if (in.remaining() < 4) {
      return false;
    }
    int length = in.readInt();
    if (length < -1 || length > bytesMax) {
      throw new MalformedException("a buffer of " + length + " bytes in a quorum packet");
    }
    if (length > in.remaining()) {
      return false;
    }
    in.skip(Math.max(length, 0));
    return true;
  }

  /** Writes a packet. */
  public static void write(QuorumPacket packet, JuteWriter out) {
    out.writeInt(packet.kind().type);
    switch (packet.kind()) {
      case REQUEST -> {
        QuorumPacket.Request request = (QuorumPacket.Request) packet;
        out.writeLong(-1);
        out.writeBuffer(request.data());
        writeIds(request.authinfo(), out);
        return;
      }
      case PROPOSAL -> {
        QuorumPacket.Proposal proposal = (QuorumPacket.Proposal) packet;
        out.writeLong(proposal.zxid());
        out.writeBuffer(proposal.data());
      }
      case INFORM -> {
        QuorumPacket.Inform inform = (QuorumPacket.Inform) packet;
        out.writeLong(inform.zxid());
        out.writeBuffer(inform.data());
      }
      case PING -> {
        QuorumPacket.Ping ping = (QuorumPacket.Ping) packet;
        out.writeLong(ping.zxid());
        out.writeBuffer(ping.sessions());
      }
      case ACK -> bare(((QuorumPacket.Ack) packet).zxid(), out);
      case COMMIT -> bare(((QuorumPacket.Commit) packet).zxid(), out);
      case DIFF -> bare(((QuorumPacket.Diff) packet).zxid(), out);
      case TRUNC -> bare(((QuorumPacket.Trunc) packet).zxid(), out);
      case SNAP -> bare(((QuorumPacket.Snap) packet).zxid(), out);
      case SYNC -> bare(0, out);
      case UPTODATE -> bare(-1, out);
      case REVALIDATE, REVALIDATED -> writeSession(packet, out);
      case COMMITANDACTIVATE, INFORMANDACTIVATE -> writeActivation(packet, out);
      case NEWLEADER, FOLLOWERINFO, OBSERVERINFO, LEADERINFO, ACKEPOCH ->
          writeGreeting(packet, out);
    }
    writeIds(null, out);
  }

  private static void bare(long zxid, JuteWriter out) {
    out.writeLong(zxid);
    out.writeBuffer(null);
  }

  private static void writeSession(QuorumPacket packet, JuteWriter out) {
    out.writeLong(-1);
    if (packet.kind() == QuorumPacket.Kind.REVALIDATE) {
      QuorumPacket.Revalidate question = (QuorumPacket.Revalidate) packet;
      out.writeInt(12);
      out.writeLong(question.sessionId());
      out.writeInt(question.timeoutMs());
    } else {
      QuorumPacket.Revalidated answer = (QuorumPacket.Revalidated) packet;
      out.writeInt(9);
      out.writeLong(answer.sessionId());
      out.writeBoolean(answer.valid());
    }
  }

  private static void writeActivation(QuorumPacket packet, JuteWriter out) {
    if (packet.kind() == QuorumPacket.Kind.COMMITANDACTIVATE) {
      QuorumPacket.CommitAndActivate commit = (QuorumPacket.CommitAndActivate) packet;
      out.writeLong(commit.zxid());
      out.writeInt(8);
      out.writeLong(commit.designatedLeader());
    } else {
      QuorumPacket.InformAndActivate inform = (QuorumPacket.InformAndActivate) packet;
      out.writeLong(inform.zxid());
      out.writeInt(8 + inform.data().length);
      out.writeLong(inform.designatedLeader());
      out.writeRaw(inform.data(), 0, inform.data().length);
    }
  }

  private static void writeGreeting(QuorumPacket packet, JuteWriter out) {
    switch (packet.kind()) {
      case NEWLEADER -> {
        QuorumPacket.NewLeader newLeader = (QuorumPacket.NewLeader) packet;
        out.writeLong(newLeader.zxid());
        out.writeBuffer(
            newLeader.config() == null
                ? null
                : newLeader.config().getBytes(StandardCharsets.UTF_8));
      }
      case FOLLOWERINFO -> {
        QuorumPacket.FollowerInfo info = (QuorumPacket.FollowerInfo) packet;
        writeInfo(info.zxid(), info.info(), out);
      }
      case OBSERVERINFO -> {
        QuorumPacket.ObserverInfo info = (QuorumPacket.ObserverInfo) packet;
        writeInfo(info.zxid(), info.info(), out);
      }
      case LEADERINFO -> {
        QuorumPacket.LeaderInfo info = (QuorumPacket.LeaderInfo) packet;
        out.writeLong(info.zxid());
        out.writeInt(4);
        out.writeInt(info.protocolVersion());
      }
      case ACKEPOCH -> {
        QuorumPacket.AckEpoch ack = (QuorumPacket.AckEpoch) packet;
        out.writeLong(ack.zxid());
        out.writeInt(4);
        out.writeInt(ack.currentEpoch());
      }
      default -> throw new IllegalArgumentException(packet.kind() + " is no greeting");
    }
  }

  private static void writeInfo(long zxid, LearnerInfo info, JuteWriter out) {
    out.writeLong(zxid);
    out.writeInt(20);
    out.writeLong(info.serverId());
    out.writeInt(info.protocolVersion());
    out.writeLong(info.configVersion());
  }

  private static void writeIds(List<Id> ids, JuteWriter out) {
    if (ids == null) {
      out.writeInt(-1);
      return;
    }
    out.writeInt(ids.size());
    for (Id id : ids) {
      out.writeString(id.scheme());
      out.writeString(id.id());
    }
  }

  /**
   * Reads a packet.
   *
   * @throws MalformedException when it is none, or of an unknown type
   */
  public static QuorumPacket read(JuteReader in) {
    int type = in.readInt();
    long zxid = in.readLong();
    byte[] data = in.readBuffer();
    List<Id> ids = readIds(in);
    JuteReader body = new JuteReader(data == null ? new byte[0] : data);
    return switch (type) {
      case 1 -> new QuorumPacket.Request(present(type, data), ids);
      case 2 -> new QuorumPacket.Proposal(zxid, present(type, data));
      case 3 -> new QuorumPacket.Ack(zxid);
      case 4 -> new QuorumPacket.Commit(zxid);
      case 5 -> new QuorumPacket.Ping(zxid, data);
      case 6 -> readSession(body);
      case 7 -> new QuorumPacket.Sync();
      case 8 -> new QuorumPacket.Inform(zxid, present(type, data));
      case 9 -> new QuorumPacket.CommitAndActivate(zxid, body.readLong());
      case 10 ->
          new QuorumPacket.NewLeader(
              zxid, data == null ? null : new String(data, StandardCharsets.UTF_8));
      case 11 -> new QuorumPacket.FollowerInfo(zxid, readInfo(body));
      case 12 -> new QuorumPacket.UpToDate();
      case 13 -> new QuorumPacket.Diff(zxid);
      case 14 -> new QuorumPacket.Trunc(zxid);
      case 15 -> new QuorumPacket.Snap(zxid);
      case 16 -> new QuorumPacket.ObserverInfo(zxid, readInfo(body));
      case 17 -> new QuorumPacket.LeaderInfo(zxid, body.readInt());
      case 18 -> new QuorumPacket.AckEpoch(zxid, body.readInt());
      case 19 -> {
        long designated = body.readLong();
        byte[] txn = new byte[body.remaining()];
        System.arraycopy(body.array(), body.position(), txn, 0, txn.length);
        yield new QuorumPacket.InformAndActivate(zxid, designated, txn);
      }
      default -> throw new MalformedException("quorum packet of type " + type);
    };
  }

  private static byte[] present(int type, byte[] data) {
    if (data == null) {
      throw new MalformedException("quorum packet of type " + type + " without data");
    }
    return data;
  }

  private static QuorumPacket readSession(JuteReader body) {
    int length = body.remaining();
    long sessionId = body.readLong();
    return length == 9
        ? new QuorumPacket.Revalidated(sessionId, body.readBoolean())
        : new QuorumPacket.Revalidate(sessionId, body.readInt());
  }

  /** Old servers say less: 8 or 12 bytes, or nothing at all. */
  private static LearnerInfo readInfo(JuteReader body) {
    return switch (body.remaining()) {
      case 0 -> new LearnerInfo(-1, 0, 0);
      case 8 -> new LearnerInfo(body.readLong(), 0, 0);
      case 12 -> new LearnerInfo(body.readLong(), body.readInt(), 0);
      default -> new LearnerInfo(body.readLong(), body.readInt(), body.readLong());
    };
  }

  private static List<Id> readIds(JuteReader in) {
    int count = in.readCount(8);
    if (count < 0) {
      return null;
    }
    List<Id> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(new Id(in.readString(), in.readString()));
    }
    return ids;
  }
}
