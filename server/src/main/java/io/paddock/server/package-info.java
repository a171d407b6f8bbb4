/**
 * Layer 7: the composer. Puts configuration, machine, peers, replica, frontend and operators
 * together, opens the client port, and takes all of it down again; its event loops are the core and
 * the client loops. What is not about start, change of role, stop or clients' sockets stands in a
 * module below.
 */
package io.paddock.server;
