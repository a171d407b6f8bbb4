package io.paddock.config;

import java.nio.file.Path;

/**
 * One file of keys or certificates.
 *
 * @param key the beginning of the keys that describe it, such as {@code ssl.keyStore}
 * @param location the file
 * @param type JKS, PKCS12, PEM or BCFKS as it was written; empty to go by the file
 * @param password what protects it
 */
public record StoreConfig(String key, Path location, String type, StorePassword password) {}
