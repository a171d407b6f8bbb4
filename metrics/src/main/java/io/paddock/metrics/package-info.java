/**
 * Layer 4: what is counted. Counters, summaries and histograms that one thread writes and others
 * read, and the records of connections that they are kept for. How they are shown is the business
 * of {@code operators}. A new figure begins here, where the thread that counts it has its own.
 */
package io.paddock.metrics;
