"""Walks kazoo, the Python client, through a server; ends with 'ok' or a traceback."""

import queue
import sys
import threading

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (
    BadVersionError,
    NoAuthError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
)
from kazoo.protocol.states import EventType
from kazoo.security import make_digest_acl

HOSTS = sys.argv[1]


def client(**options):
    zk = KazooClient(hosts=HOSTS, timeout=30, **options)
    zk.start(timeout=15)
    return zk


def expect(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError("expected %s" % error)


def nodes(zk):
    assert zk.create("/k", b"1") == "/k"
    assert zk.create("/k/seq-", b"", sequence=True) == "/k/seq-0000000000"
    path, stat = zk.create("/k/e", b"x", ephemeral=True, include_data=True)
    assert path == "/k/e" and stat.ephemeralOwner == zk.client_id[0]
    data, stat = zk.get("/k")
    assert data == b"1" and stat.version == 0 and stat.cversion == 2
    assert zk.set("/k", b"22", version=0).version == 1
    assert sorted(zk.get_children("/k")) == ["e", "seq-0000000000"]
    children, stat = zk.get_children("/k", include_data=True)
    assert len(children) == 2 and stat.numChildren == 2
    assert zk.exists("/none") is None
    assert zk.sync("/k") == "/k"
    zk.ensure_path("/k/a/b/c")
    zk.delete("/k/a", recursive=True)
    expect(NodeExistsError, zk.create, "/k", b"")
    expect(NotEmptyError, zk.delete, "/k")
    expect(NoNodeError, zk.get, "/none")
    expect(BadVersionError, zk.set, "/k", b"", version=9)
    assert zk.server_version()[0] == 3
    assert b"Mode: standalone" in zk.command(b"srvr").encode()


def transactions(zk):
    t = zk.transaction()
    t.create("/t", b"1")
    t.set_data("/t", b"2")
    t.check("/t", version=1)
    t.delete("/t")
    assert t.commit()[0] == "/t"
    t = zk.transaction()
    t.create("/t", b"1")
    t.check("/t", version=9)
    t.delete("/t")
    results = t.commit()
    assert isinstance(results[0], RolledBackError), results
    assert isinstance(results[1], BadVersionError), results
    assert zk.exists("/t") is None


def watches(zk, other):
    seen = queue.Queue()
    assert zk.exists("/w", watch=seen.put) is None
    other.create("/w", b"")
    assert seen.get(timeout=10).type == EventType.CREATED
    zk.get("/w", watch=seen.put)
    other.set("/w", b"1")
    assert seen.get(timeout=10).type == EventType.CHANGED
    zk.get_children("/w", watch=seen.put)
    other.create("/w/x")
    assert seen.get(timeout=10).type == EventType.CHILD
    values = queue.Queue()
    zk.DataWatch("/w", lambda data, stat: values.put(data))
    assert values.get(timeout=10) == b"1"
    other.set("/w", b"2")
    assert values.get(timeout=10) == b"2"


def identities(zk, other):
    acl = make_digest_acl("user", "pass", all=True)
    zk.create("/locked", b"secret", acl=[acl])
    expect(NoAuthError, other.get, "/locked")
    other.add_auth("digest", "user:pass")
    assert other.get("/locked")[0] == b"secret"
    assert other.get_acls("/locked")[0] == [acl]


def recipes(zk, other):
    count = []
    def work(who):
        for _ in range(10):
            with who.Lock("/lock", "me"):
                count.append(len(count))
    threads = [threading.Thread(target=work, args=(who,)) for who in (zk, other)]
    [t.start() for t in threads]
    [t.join(30) for t in threads]
    assert count == list(range(20)), count
    counter = zk.Counter("/counter")
    for _ in range(5):
        counter += 2
    assert other.Counter("/counter").value == 10
    line = zk.Queue("/queue")
    for i in range(5):
        line.put(b"%d" % i)
    assert [other.Queue("/queue").get() for _ in range(5)] == [b"%d" % i for i in range(5)]
    party = zk.Party("/party", "a")
    party.join()
    assert len(other.Party("/party", "b")) == 1
    elected = threading.Event()
    threading.Thread(target=zk.Election("/election", "a").run, args=(elected.set,)).start()
    assert elected.wait(10)
    barrier = zk.DoubleBarrier("/barrier", 2)
    entering = threading.Thread(target=barrier.enter)
    entering.start()
    other.DoubleBarrier("/barrier", 2).enter()
    entering.join(10)
    assert not entering.is_alive()


def reconnection(zk, other):
    session = zk.client_id[0]
    zk.create("/stays", b"", ephemeral=True)
    states = queue.Queue()
    zk.add_listener(states.put)
    zk._connection._socket.shutdown(2)
    assert states.get(timeout=10) == KazooState.SUSPENDED
    assert states.get(timeout=20) == KazooState.CONNECTED
    assert zk.client_id[0] == session
    assert zk.exists("/stays").ephemeralOwner == session
    gone = threading.Event()
    assert other.exists("/stays", watch=lambda event: gone.set())
    zk.stop()
    assert gone.wait(10)


def main():
    zk, other = client(), client()
    nodes(zk)
    transactions(zk)
    watches(zk, other)
    identities(zk, other)
    identified = client(auth_data=[("digest", "user:pass")])
    assert identified.get("/locked")[0] == b"secret"
    identified.stop()
    recipes(zk, other)
    reconnection(zk, other)
    other.stop()
    print("ok")


main()
