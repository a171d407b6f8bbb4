package io.paddock.config;

import io.paddock.frontend.ConnectionTokens;
import io.paddock.frontend.ThrottleRules;
import java.util.Optional;

/**
 * What holds clients back before the server is overloaded (operations sheet, section 2); all off by
 * default.
 *
 * @param requests when writes wait; empty for never
 * @param stallMs how often it is looked at the latest whether there is room for those that wait
 * @param largeFromBytes requests of more bytes are large; {@link Integer#MAX_VALUE} for none
 * @param largeBytesMax of all large requests in work
 * @param connections how many clients may connect in a time; empty for any number
 * @param newTokens what a client without a session costs
 * @param renewTokens what one with a session costs
 * @param throughputQuotas whether quotas of throughput that stand in the tree are in force
 */
public record ThrottleConfig(
    Optional<ThrottleRules> requests,
    int stallMs,
    int largeFromBytes,
    long largeBytesMax,
    Optional<ConnectionTokens.Rules> connections,
    int newTokens,
    int renewTokens,
    boolean throughputQuotas) {}
