package io.paddock.tasks;

import org.apache.zookeeper.data.Stat;

/** A znode as read: its data and its stat. */
record ZnodeData(byte[] data, Stat stat) {}
