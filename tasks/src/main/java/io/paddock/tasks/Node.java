package io.paddock.tasks;

import org.apache.zookeeper.data.Stat;

/** A znode as read. */
record Node(byte[] data, Stat stat) {}
