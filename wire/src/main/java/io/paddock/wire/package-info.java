/** Layer 0: jute and the records of the client protocol. Knows bytes, and nothing above them. */
package io.paddock.wire;
