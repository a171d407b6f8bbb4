package io.paddock.operators;

import java.net.InetAddress;
import java.util.Map;

/**
 * A question to the AdminServer.
 *
 * @param method of HTTP
 * @param command its name or one of its short names
 * @param arguments of the query
 * @param authorization header of that name, or null
 * @param peer where it comes from
 * @param certified whom the asker's certificate names, proven by TLS; null without one
 */
record AdminRequest(
    String method,
    String command,
    Map<String, String> arguments,
    String authorization,
    InetAddress peer,
    String certified) {}
