package io.paddock.tree;

import io.paddock.wire.Id;
import java.util.List;

/**
 * Who asks for a write, and by which request.
 *
 * @param cxid the client's number of the request; 0 for the server's own
 * @param ids identities of the connection
 */
public record Asker(long sessionId, int cxid, List<Id> ids) {}
