/**
 * Master, worker, client: a durable task queue with the classic znode layout, on any ZooKeeper
 * ensemble.
 */
package io.paddock.tasks;
