package io.paddock.sim;

/**
 * Something that watchers of a path are told.
 *
 * @param event a number of {@link io.paddock.wire.WatcherEvent}
 * @param perms of the znode; who may not read it is not told
 */
record NaiveChange(int event, String path, int perms) {}
