/**
 * Layer 5: this machine's threads, files and sockets. The ports that the pure layers ask for
 * (storage, clock, disk) get their real form here: the journal's and the snapshots' threads, data
 * directories and the loading of a tree, the kind of Netty transport, the server's own addresses.
 * What stands here knows nothing of peers, operators or clients. TLS contexts and SASL logins
 * belong here.
 */
package io.paddock.machine;
