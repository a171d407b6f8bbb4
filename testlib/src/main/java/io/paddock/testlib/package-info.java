/**
 * What the tests of several modules share: logs that are captured, sockets that speak bytes, ports.
 * Not part of the product.
 */
package io.paddock.testlib;
