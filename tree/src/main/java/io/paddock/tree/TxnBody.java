package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What a transaction does (data directory sheet, section 2.3). The header's type says which. */
public sealed interface TxnBody {
  /** Writes the record alone. */
  void write(JuteWriter out);

  /** The znode that it is about; null where there is none or where there are several. */
  default String path() {
    return null;
  }

  /** Types 1 and 15. {@code parentCversion} is the parent's stored cversion after it. */
  record Create(String path, byte[] data, List<Acl> acl, boolean ephemeral, int parentCversion)
      implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeBuffer(data);
      writeAcl(out, acl);
      out.writeBoolean(ephemeral);
      out.writeInt(parentCversion);
    }
  }

  /** Type 19. */
  record CreateContainer(String path, byte[] data, List<Acl> acl, int parentCversion)
      implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeBuffer(data);
      writeAcl(out, acl);
      out.writeInt(parentCversion);
    }
  }

  /** Type 21. */
  record CreateTtl(String path, byte[] data, List<Acl> acl, int parentCversion, long ttlMs)
      implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeBuffer(data);
      writeAcl(out, acl);
      out.writeInt(parentCversion);
      out.writeLong(ttlMs);
    }
  }

  /** Types 2 and 20. */
  record Delete(String path) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
    }
  }

  /** Types 5 and 16. {@code version} is the new one. */
  record SetData(String path, byte[] data, int version) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeBuffer(data);
      out.writeInt(version);
    }
  }

  /** Type 7. {@code version} is the new one. */
  record SetAcl(String path, List<Acl> acl, int version) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      writeAcl(out, acl);
      out.writeInt(version);
    }
  }

  /** Type 13, inside a multi only. {@code version} is the one expected. */
  record Check(String path, int version) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeString(path);
      out.writeInt(version);
    }
  }

  /** Type 14. */
  record Multi(List<Part> parts) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeInt(parts.size());
      for (Part part : parts) {
        out.writeInt(part.type);
        int start = out.beginFrame();
        part.body.write(out);
        out.endFrame(start);
      }
    }
  }

  /** One operation of a multi. */
  record Part(int type, TxnBody body) {}

  /** Type -1: a refused write. */
  record Error(int err) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeInt(err);
    }
  }

  /** Type -10. */
  record CreateSession(int timeoutMs) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      out.writeInt(timeoutMs);
    }
  }

  /** Type -11. {@code paths} are the session's ephemerals; null when the list was left out. */
  record CloseSession(List<String> paths) implements TxnBody {
    @Override
    public void write(JuteWriter out) {
      if (paths != null) {
        out.writeInt(paths.size());
        for (String path : paths) {
          out.writeString(path);
        }
      }
    }

    /** As many of these paths as a record of {@code recordBytesMax} bytes can list. */
    static List<String> fitting(Collection<String> paths, int recordBytesMax) {
      List<String> fitting = new ArrayList<>();
      long bytes = 64;
      for (String path : paths) {
        bytes += 4 + path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > recordBytesMax) {
          break;
        }
        fitting.add(path);
      }
      return fitting;
    }
  }

  private static void writeAcl(JuteWriter out, List<Acl> acl) {
    if (acl == null) {
      out.writeInt(-1);
    } else {
      Acl.writeList(out, acl);
    }
  }
}
