package io.paddock.tree;

/**
 * What a tree knows beside its znodes: sessions with their ephemerals, containers, TTL znodes, and
 * the access control lists in use. Most transactions leave it alone. Immutable.
 *
 * @param sessions by id; also those that are unknown but still own ephemerals
 * @param live sessions that are known
 * @param ephemerals of all sessions
 * @param acls every list in use but the open one
 */
record Registry(
    PersistentMap<Long, Session> sessions,
    int live,
    int ephemerals,
    PersistentMap<String, Boolean> containers,
    PersistentMap<String, Boolean> ttls,
    PersistentMap<AclList, AclUse> acls) {
  static final Registry EMPTY =
      new Registry(
          PersistentMap.empty(),
          0,
          0,
          PersistentMap.empty(),
          PersistentMap.empty(),
          PersistentMap.empty());

  int timeoutMs(long sessionId) {
    Session session = sessions.get(sessionId);
    return session == null ? Session.UNKNOWN : session.timeoutMs();
  }

  Registry withSession(long sessionId, int timeoutMs) {
    Session known = sessions.get(sessionId);
    Session session =
        new Session(timeoutMs, known == null ? PersistentMap.empty() : known.ephemerals());
    boolean isNew = known == null || !known.isAlive();
    return with(sessions.put(sessionId, session), isNew ? live + 1 : live, ephemerals);
  }

  /** Without a session, which owns nothing any more. */
  Registry withoutSession(long sessionId) {
    Session session = sessions.get(sessionId);
    return session == null
        ? this
        : with(sessions.remove(sessionId), session.isAlive() ? live - 1 : live, ephemerals);
  }

  /** With one more znode of this owner. */
  Registry owning(String path, Owner owner) {
    return switch (owner.type()) {
      case PERSISTENT -> this;
      case EPHEMERAL -> {
        Session session = sessions.get(owner.id());
        if (session == null) {
          session = new Session(Session.UNKNOWN, PersistentMap.empty());
        }
        yield with(sessions.put(owner.id(), session.with(path)), live, ephemerals + 1);
      }
      case CONTAINER -> with(containers.put(path, true), ttls);
      case TTL -> with(containers, ttls.put(path, true));
    };
  }

  /** Without that znode of this owner. */
  Registry disowning(String path, Owner owner) {
    return switch (owner.type()) {
      case PERSISTENT -> this;
      case EPHEMERAL -> {
        Session session = sessions.get(owner.id()).without(path);
        boolean isNeeded = session.isAlive() || !session.ephemerals().isEmpty();
        yield with(
            isNeeded ? sessions.put(owner.id(), session) : sessions.remove(owner.id()),
            live,
            ephemerals - 1);
      }
      case CONTAINER -> with(containers.remove(path), ttls);
      case TTL -> with(containers, ttls.remove(path));
    };
  }

  /** The tree's own object for a list, once it is {@link #using} it. */
  AclList shared(AclList list) {
    return list.isOpen() ? list : acls.get(list).list();
  }

  /** With one more znode that has this list. */
  Registry using(AclList list) {
    if (list.isOpen()) {
      return this;
    }
    AclUse use = acls.get(list);
    AclUse more = use == null ? new AclUse(list, 1) : new AclUse(use.list(), use.count() + 1);
    return with(acls.put(more.list(), more));
  }

  /** With one znode less that has this list. */
  Registry releasing(AclList list) {
    if (list.isOpen()) {
      return this;
    }
    int count = acls.get(list).count() - 1;
    return with(count == 0 ? acls.remove(list) : acls.put(list, new AclUse(list, count)));
  }

  private Registry with(PersistentMap<Long, Session> newSessions, int newLive, int newEphemerals) {
    return new Registry(newSessions, newLive, newEphemerals, containers, ttls, acls);
  }

  private Registry with(
      PersistentMap<String, Boolean> newContainers, PersistentMap<String, Boolean> newTtls) {
    return new Registry(sessions, live, ephemerals, newContainers, newTtls, acls);
  }

  private Registry with(PersistentMap<AclList, AclUse> newAcls) {
    return new Registry(sessions, live, ephemerals, containers, ttls, newAcls);
  }
}
