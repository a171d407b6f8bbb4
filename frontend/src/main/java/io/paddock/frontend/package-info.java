/** The talk with clients, pure: no sockets, no threads, no clock. */
package io.paddock.frontend;
