package io.paddock.frontend;

import io.paddock.wire.JuteWriter;
import io.paddock.wire.ReplyHeader;
import io.paddock.wire.WatcherEvent;

/** The frame of a watch event (client protocol sheet, section 7.1). */
final class EventFrame {
  /** The zxid of the events that setWatches makes up for. */
  static final long ZXID_CATCH_UP = -1;

  private EventFrame() {}

  static void write(JuteWriter out, int event, String path, long zxid) {
    int start = out.beginFrame();
    ReplyHeader.write(out, ReplyHeader.XID_NOTIFICATION, zxid, 0);
    out.writeInt(event);
    out.writeInt(WatcherEvent.SYNC_CONNECTED);
    out.writeString(path);
    out.endFrame(start);
  }
}
