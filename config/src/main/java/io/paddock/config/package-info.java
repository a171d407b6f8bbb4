/**
 * Layer 4: what the configuration says. {@code zoo.cfg}, system properties and the environment are
 * read here and nowhere else; what comes out are immutable records by subject, one for each part of
 * the server that has settings, and the membership files of an ensemble. Every key of ZooKeeper's
 * stands in {@link io.paddock.config.ConfigKeys}, with what becomes of it. A new setting is a key
 * there, a line in {@link io.paddock.config.ZooCfgReader} and a component of the record of whoever
 * uses it. No sockets, no threads.
 */
package io.paddock.config;
