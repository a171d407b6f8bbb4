/**
 * The simulator: whole ensembles of the shipping code, with clients, disks and a network that fail,
 * in virtual time and from a seed.
 */
package io.paddock.sim;
