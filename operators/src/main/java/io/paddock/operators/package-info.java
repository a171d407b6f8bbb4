/**
 * Layer 6: what people and tools ask of a server: four-letter words, AdminServer, metrics as text.
 * Knows the server only through {@link io.paddock.operators.ServerStatus}. A four-letter word is a
 * case in {@link io.paddock.operators.FourLetterWords}, a command of AdminServer one in {@link
 * io.paddock.operators.AdminCommands}.
 */
package io.paddock.operators;
