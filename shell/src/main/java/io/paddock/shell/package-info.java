/**
 * A shell that behaves as ZooKeeper 3.9's zkCli (client protocol sheet, section 13.5), on the
 * official ZooKeeper client, with additions that break nothing.
 *
 * <p>{@link io.paddock.shell.ShellMain} is the door. A line goes through {@code Words} (splitting
 * and quotes), {@code Commands} (who is meant), {@code Options} (flags) to the command of a family
 * such as {@code NodeReads}.
 */
package io.paddock.shell;
