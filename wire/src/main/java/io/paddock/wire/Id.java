package io.paddock.wire;

/**
 * An identity: a scheme (world, auth, digest, ip, super, …) and a name within it (client protocol
 * sheet, section 9.3). Both may be null when a client sent them so.
 */
public record Id(String scheme, String id) {
  public void write(JuteWriter out) {
    out.writeString(scheme);
    out.writeString(id);
  }

  public static Id read(JuteReader in) {
    return new Id(in.readString(), in.readString());
  }
}
