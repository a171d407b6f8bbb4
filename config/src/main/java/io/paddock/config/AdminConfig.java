package io.paddock.config;

import java.util.Optional;

/**
 * The HTTP server for operators.
 *
 * @param enabled whether there is one
 * @param host address to bind
 * @param port TCP port; 0 takes any free one
 * @param portIsChosen whether somebody wrote it down
 * @param commandUrl path that the commands stand under, with a leading slash and no trailing one
 * @param limits of this port, and of the one for metrics
 * @param snapshotEnabled whether the snapshot command is offered
 * @param snapshotIntervalMs least milliseconds between two snapshot commands
 * @param https empty where only plain HTTP is spoken
 */
public record AdminConfig(
    boolean enabled,
    String host,
    int port,
    boolean portIsChosen,
    String commandUrl,
    HttpLimits limits,
    boolean snapshotEnabled,
    long snapshotIntervalMs,
    Optional<HttpsConfig> https) {}
