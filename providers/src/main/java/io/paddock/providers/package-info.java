/**
 * Users' own authentication providers, which implement ZooKeeper's interface. The one place of a
 * server that knows classes of {@code org.apache.zookeeper}, and nothing here is loaded unless the
 * configuration names such a class.
 */
package io.paddock.providers;
