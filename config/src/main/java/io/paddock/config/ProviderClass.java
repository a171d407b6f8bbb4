package io.paddock.config;

/**
 * A class of the user's own that judges identities of a scheme.
 *
 * @param key where it is named
 * @param className its full name
 * @param place of the key, for messages
 */
public record ProviderClass(String key, String className, String place) {}
