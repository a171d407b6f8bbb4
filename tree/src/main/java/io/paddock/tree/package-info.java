/**
 * Layer 1: the replicated state as a persistent tree, transactions and their codec, the making of
 * transactions, snapshots. Knows no clock, no watch, no socket and no thread.
 */
package io.paddock.tree;
