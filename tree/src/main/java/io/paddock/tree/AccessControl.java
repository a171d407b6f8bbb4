package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Who may do what (client protocol sheet, section 9): judges identities by lists, expands and
 * checks the lists that clients send. Immutable, for any thread.
 */
public final class AccessControl {
  private static final String WORLD = "world";
  private static final String ANYONE = "anyone";
  private static final String AUTH = "auth";
  private static final String DIGEST = DigestIds.SCHEME;
  private static final String IP = "ip";
  private static final String X509 = "x509";
  private static final String SASL = "sasl";
  private static final String SUPER = "super";

  private final AccessSettings settings;

  public AccessControl(AccessSettings settings) {
    this.settings = settings;
  }

  /**
   * Whether a connection with these identities has one of the permission bits.
   *
   * @param perms one or more bits of {@link Acl}; any of them suffices
   */
  public boolean permits(AclList acl, int perms, List<Id> ids) {
    return permits(acl, perms, ids, null, null);
  }

  /**
   * The same for schemes that want to know more.
   *
   * @param path see {@link ProvidedScheme.Asked}
   * @param newAcl see there
   */
  public boolean permits(AclList acl, int perms, List<Id> ids, String path, List<Acl> newAcl) {
    if ((acl.isOpen() && perms > 0) || settings.skipAcl() || acl.entries().isEmpty()) {
      return true;
    }
    for (int i = 0; i < ids.size(); i++) {
      if (SUPER.equals(ids.get(i).scheme())) {
        return true;
      }
    }
    List<Acl> entries = acl.entries();
    for (int i = 0; i < entries.size(); i++) {
      Acl entry = entries.get(i);
      if ((entry.perms() & perms) != 0 && matches(entry.id(), ids, path, perms, newAcl)) {
        return true;
      }
    }
    return false;
  }

  /** The list to be stored for the list a client sent; null when that cannot be. */
  public List<Acl> fixup(List<Acl> acl, List<Id> ids) {
    List<Acl> fixed = new ArrayList<>();
    return fixup(acl, ids, fixed) == ErrorCode.OK ? fixed : null;
  }

  /** Adds to {@code fixed} what is to be stored for {@code acl}. */
  ErrorCode fixup(List<Acl> acl, List<Id> ids, List<Acl> fixed) {
    if (acl == null || acl.isEmpty()) {
      return ErrorCode.INVALIDACL;
    }
    if (acl.equals(Acl.OPEN)) {
      fixed.addAll(Acl.OPEN);
      return ErrorCode.OK;
    }
    if (hasNullTwice(acl)) {
      return ErrorCode.MARSHALLINGERROR;
    }
    for (Acl entry : new LinkedHashSet<>(acl)) {
      ErrorCode error = fixup(entry, ids, fixed);
      if (error != ErrorCode.OK) {
        return error;
      }
    }
    return ErrorCode.OK;
  }

  /** The list that getACL shows to these identities: digests are hidden from all but ADMIN. */
  public List<Acl> shown(AclList acl, List<Id> ids) {
    if (permits(acl, Acl.ADMIN, ids)) {
      return acl.entries();
    }
    List<Acl> shown = new ArrayList<>(acl.entries().size());
    for (Acl entry : acl.entries()) {
      Id id = entry.id();
      if (DIGEST.equals(id.scheme())) {
        int colon = id.id().indexOf(':');
        String user = colon < 0 ? id.id() : id.id().substring(0, colon);
        shown.add(new Acl(entry.perms(), new Id(DIGEST, user + ":x")));
      } else {
        shown.add(entry);
      }
    }
    return shown;
  }

  /**
   * The identities that an auth packet adds to a connection; null when it is an AUTHFAILED, also
   * for schemes that others judge.
   *
   * @param auth as sent, may be null
   * @param remoteAddress literal of the client's address
   * @param own what the connection is already; a certificate was shown before anything was asked
   */
  public List<Id> authenticate(String scheme, byte[] auth, String remoteAddress, List<Id> own) {
    if (X509.equals(scheme)) {
      List<Id> certified = own.stream().filter(id -> X509.equals(id.scheme())).toList();
      return certified.isEmpty() ? null : certified;
    }
    return authenticate(scheme, auth, remoteAddress);
  }

  /** The same of somebody who has shown no certificate. */
  public List<Id> authenticate(String scheme, byte[] auth, String remoteAddress) {
    if (scheme == null || settings.provided().containsKey(scheme)) {
      return null;
    }
    if (IP.equals(scheme)) {
      return List.of(new Id(IP, remoteAddress));
    }
    if (!DIGEST.equals(scheme) || settings.digest().isEmpty() || auth == null) {
      return null;
    }
    DigestScheme digest = settings.digest().get();
    Id id = DigestIds.of(digest.algorithm(), auth);
    return digest.superUser().filter(id.id()::equals).isPresent()
        ? List.of(new Id(SUPER, ""), id)
        : List.of(id);
  }

  /** The identities of a client that has proven to be this subject by a certificate. */
  public List<Id> certified(String subject) {
    Id id = new Id(X509, subject);
    // Told apart from a super user by password: Apache's server lists both.
    return isX509Super(subject) ? List.of(new Id(SUPER, subject), id) : List.of(id);
  }

  /** The identities of a client that has logged in by SASL as this user. */
  public List<Id> loggedIn(String user) {
    Id id = new Id(SASL, user);
    return settings.sasl().superUsers().contains(user)
        ? List.of(new Id(SUPER, ""), id)
        : List.of(id);
  }

  /** The part of an identity that names its user and no secret; empty when the scheme has none. */
  public String user(Id id) {
    ProvidedScheme provided = settings.provided().get(id.scheme());
    if (provided != null) {
      return provided.user(id.id());
    }
    return switch (id.scheme()) {
      case DIGEST -> id.id().split(":", 2)[0];
      case SASL -> isKnown(SASL) ? id.id() : "";
      case SUPER -> "";
      default -> id.id();
    };
  }

  /**
   * Whether an entry has a null where it must be compared with an earlier one, which Apache's
   * server trips over.
   */
  private static boolean hasNullTwice(List<Acl> acl) {
    Set<Acl> seen = new HashSet<>();
    for (Acl entry : acl) {
      Id id = entry.id();
      String scheme = id == null ? null : id.scheme();
      Acl byPerms = new Acl(entry.perms(), null);
      Acl byScheme = new Acl(entry.perms(), new Id(scheme, null));
      if (scheme == null && seen.contains(byPerms)
          || scheme != null && id.id() == null && seen.contains(byScheme)) {
        return true;
      }
      seen.add(byPerms);
      seen.add(byScheme);
    }
    return false;
  }

  private ErrorCode fixup(Acl entry, List<Id> ids, List<Acl> fixed) {
    Id id = entry.id();
    if (id == null || id.scheme() == null) {
      return ErrorCode.INVALIDACL;
    }
    if (id.scheme().equals(AUTH)) {
      int before = fixed.size();
      for (Id own : ids) {
        if (isAuthenticated(own.scheme())) {
          fixed.add(new Acl(entry.perms(), own));
        }
      }
      return fixed.size() > before ? ErrorCode.OK : ErrorCode.INVALIDACL;
    }
    if (id.id() == null) {
      // Apache's server trips over it.
      return isKnown(id.scheme()) || id.scheme().equals(WORLD)
          ? ErrorCode.MARSHALLINGERROR
          : ErrorCode.INVALIDACL;
    }
    if (!isValid(id)) {
      return ErrorCode.INVALIDACL;
    }
    fixed.add(entry);
    return ErrorCode.OK;
  }

  private boolean isKnown(String scheme) {
    if (settings.provided().containsKey(scheme)) {
      return true;
    }
    return switch (scheme) {
      case IP -> true;
      case DIGEST -> settings.digest().isPresent();
      case X509 -> settings.x509().isPresent();
      case SASL -> settings.sasl().inLists();
      default -> false;
    };
  }

  /** Whether identities of this scheme prove who somebody is, so that {@code auth} means them. */
  private boolean isAuthenticated(String scheme) {
    ProvidedScheme provided = scheme == null ? null : settings.provided().get(scheme);
    if (provided != null) {
      return provided.isAuthenticated();
    }
    return !IP.equals(scheme) && scheme != null && isKnown(scheme);
  }

  private boolean isValid(Id id) {
    ProvidedScheme provided = settings.provided().get(id.scheme());
    if (provided != null) {
      return provided.isValid(id.id());
    }
    return switch (id.scheme()) {
      case WORLD -> id.id().equals(ANYONE);
      case IP -> IpRange.isValid(id.id());
      case DIGEST -> settings.digest().isPresent() && isDigest(id.id());
      case X509 -> settings.x509().isPresent() && isSubject(id.id());
      case SASL -> settings.sasl().inLists() && SaslScheme.isValid(id.id());
      default -> false;
    };
  }

  /** Something behind the first colon, and behind the next ones nothing, as with Apache's. */
  private static boolean isDigest(String id) {
    return id.split(":").length == 2;
  }

  private static boolean isSubject(String id) {
    try {
      return !new X500Principal(id).getName().isEmpty() || id.isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean isX509Super(String subject) {
    return settings
        .x509()
        .flatMap(X509Scheme::superUser)
        .filter(s -> s.equals(subject))
        .isPresent();
  }

  private boolean matches(Id wanted, List<Id> ids, String path, int perms, List<Acl> newAcl) {
    String scheme = wanted.scheme();
    if (WORLD.equals(scheme) && ANYONE.equals(wanted.id())) {
      return true;
    }
    if (scheme == null || wanted.id() == null) {
      return false;
    }
    ProvidedScheme provided = settings.provided().get(scheme);
    if (provided == null && !isKnown(scheme)) {
      return false;
    }
    for (int i = 0; i < ids.size(); i++) {
      Id own = ids.get(i);
      if (scheme.equals(own.scheme())
          && (provided == null
              ? matches(scheme, wanted.id(), own.id())
              : provided.matches(
                  own.id(), wanted.id(), new ProvidedScheme.Asked(path, perms, newAcl)))) {
        return true;
      }
    }
    return false;
  }

  private boolean matches(String scheme, String wanted, String own) {
    return switch (scheme) {
      case IP -> own != null && IpRange.matches(wanted, own);
      case DIGEST -> wanted.equals(own);
      case X509 -> wanted.equals(own) || isX509Super(own);
      case SASL -> settings.sasl().matches(wanted, own);
      default -> false;
    };
  }
}
