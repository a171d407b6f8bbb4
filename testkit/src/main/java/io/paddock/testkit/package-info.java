/** A Paddock server in-process: for programs that embed one, and for tests. */
package io.paddock.testkit;
