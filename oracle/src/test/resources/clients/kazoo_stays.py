"""Writes through one connection until a line comes in; ends with 'ok' when it heard nothing else."""

import queue
import sys
import threading

from kazoo.client import KazooClient
from kazoo.protocol.states import EventType

states = []
ended = threading.Event()


def read_input():
    sys.stdin.readline()
    ended.set()


zk = KazooClient(hosts=sys.argv[1], timeout=60)
zk.start(timeout=15)
zk.add_listener(states.append)
session = zk.client_id[0]
lock = zk.Lock("/python-lock", "me")
assert lock.acquire(timeout=15)
zk.create("/python", b"", ephemeral=True)
zk.create("/python-watched", b"")
seen = queue.Queue()
zk.get("/python-watched", watch=seen.put)
threading.Thread(target=read_input, daemon=True).start()
version = 0
while version < 3 or not ended.is_set():
    version += 1
    stat = zk.set("/python", b"x")
    assert stat.version == version, (stat, version)
    if version == 3:
        print("ready", flush=True)
assert seen.empty()
zk.set("/python-watched", b"1")
assert seen.get(timeout=15).type == EventType.CHANGED
assert zk.exists("/python").ephemeralOwner == session == zk.client_id[0]
assert lock.is_acquired and len(lock.contenders()) == 1
assert states == [], states
zk.stop()
print("ok")
