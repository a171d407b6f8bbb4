package io.paddock.config;

/**
 * The watch over pauses of the whole process, milliseconds.
 *
 * @param enabled whether it runs
 * @param sleepMs how long it sleeps between two looks
 * @param infoMs a pause from here on is logged
 * @param warnMs a pause from here on is logged as a warning
 */
public record PauseConfig(boolean enabled, long sleepMs, long infoMs, long warnMs) {}
