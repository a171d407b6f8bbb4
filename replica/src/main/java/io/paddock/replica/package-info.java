/**
 * Layer 2: joins tree, zab and journal: requests become transactions, transactions become durable,
 * what is committed goes out in order on the feed. Holds the session clock. No threads, no sockets,
 * no files.
 */
package io.paddock.replica;
