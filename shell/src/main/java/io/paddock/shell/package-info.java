/**
 * A shell that behaves as ZooKeeper 3.9's zkCli (client protocol sheet, section 13.5), on the
 * official ZooKeeper client, with additions that break nothing.
 *
 * <p>{@link io.paddock.shell.ShellMain} has the main method. A line goes through {@code
 * LineSplitter} (splitting and quotes), {@code Commands} (which one is meant), {@code Options}
 * (flags) to the command of a family such as {@code NodeReads}.
 */
package io.paddock.shell;
