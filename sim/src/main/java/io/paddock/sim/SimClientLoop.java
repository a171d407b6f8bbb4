package io.paddock.sim;

import io.paddock.frontend.Limits;
import io.paddock.frontend.Meter;
import io.paddock.frontend.View;
import io.paddock.replica.Core;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Service;
import io.paddock.replica.SessionIds;
import io.paddock.replica.Submission;
import io.paddock.tree.AccessControl;
import io.paddock.wire.Id;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A client loop of a running server: a view of the feed and its connections. */
final class SimClientLoop {
  private static final int LAG_MS_MAX = 3;
  private static final List<Id> IDS = List.of(new Id("ip", "10.0.0.7"));

  private final World world;
  private final Incarnation process;
  private final boolean onCore;
  private final Core core;
  private final View view;
  private final Set<ClientSocket> sockets = new LinkedHashSet<>();
  private boolean woken;

  /** Its place in the feed, and the place that the core knows of. */
  private long place;

  private long placeTold;
  private final ArrayDeque<Runnable> steps = new ArrayDeque<>();

  // For planted bugs: what is asked again, a write that was answered, and how often clients waited.
  private List<Submission> again;
  private Submission answered;
  private int holds;

  SimClientLoop(
      World world,
      Incarnation process,
      boolean onCore,
      FeedItem start,
      SessionIds ids,
      AccessControl access,
      Limits limits) {
    this.world = world;
    this.process = process;
    this.onCore = onCore;
    this.core = core();
    this.view = new View(core, start, ids, access, limits, 0x5eedL, Meter.NONE);
    this.place = view.place();
    this.placeTold = place;
  }

  private Core core() {
    return new Core() {
      @Override
      public void submit(Submission submission) {
        if (again != null) {
          again.add(submission);
        } else if (onCore) {
          process.submit(submission);
        } else {
          process.laterOnCore(() -> process.submit(submission));
        }
      }

      @Override
      public void touch(long sessionId, int timeoutMs) {
        if (onCore) {
          process.input(replica -> replica.touch(sessionId, timeoutMs));
        } else {
          process.later(replica -> replica.touch(sessionId, timeoutMs));
        }
      }

      @Override
      public Service service() {
        return process.serves() ? Service.FULL : Service.NONE;
      }
    };
  }

  Incarnation process() {
    return process;
  }

  ClientSocket accept(long client) {
    ClientSocket socket = new ClientSocket(world, this, client);
    socket.lane(view.accept(socket, IDS));
    sockets.add(socket);
    return socket;
  }

  void closed(ClientSocket socket) {
    sockets.remove(socket);
  }

  long nowNanos() {
    return world.nowMs() * 1_000_000;
  }

  /** The feed has grown. */
  void wake() {
    if (!woken) {
      woken = true;
      world.after(onCore ? 0 : world.random.nextInt(LAG_MS_MAX), this::advance);
    }
  }

  private void advance() {
    if (process.isGone()) {
      return;
    }
    if (process.isPaused()) {
      world.after(LAG_MS_MAX, this::advance);
      return;
    }
    woken = false;
    follow();
  }

  /** Before something is read from a socket. */
  void catchUp() {
    if (onCore) {
      process.drain();
    }
    follow();
  }

  /** Follows the feed to its end. */
  void follow() {
    view.advance(nowNanos(), Integer.MAX_VALUE);
    tellPlace();
    flush();
  }

  /** Behind what this loop has submitted so far. */
  private void tellPlace() {
    long now = view.place();
    if (now == place) {
      return;
    }
    place = now;
    Runnable tell =
        () -> {
          placeTold = now;
          process.followed();
        };
    if (onCore) {
      tell.run();
    } else {
      process.laterOnCore(tell);
    }
  }

  long placeTold() {
    return placeTold;
  }

  void flush() {
    List.copyOf(sockets).forEach(ClientSocket::flush);
  }

  void endTouchRound() {
    view.endTouchRound();
    view.cutImpatient(nowNanos());
    flush();
  }

  void cutClients() {
    later(
        () -> {
          follow();
          List.copyOf(sockets).forEach(ClientSocket::close);
        });
  }

  void answered(Submission submission) {
    answered = submission.cxid() > 0 ? submission : answered;
  }

  /** The leader is lost, and clients are not. */
  void hold() {
    later(
        () -> {
          holds++;
          view.hold(nowNanos());
        });
  }

  /** There is a leader again. */
  void goOn() {
    later(
        () -> {
          if (view.isHeld()) {
            again = world.canary == Canary.NONE ? null : new ArrayList<>();
            int cut = view.goOn(nowNanos());
            askAgain();
            sockets.forEach(ClientSocket::goesOn);
            world.resumed(view.sessionCount());
            world.tell(
                process.name(), () -> view.sessionCount() + " clients go on, " + cut + " were cut");
            flush();
          }
        });
  }

  /** With a planted bug perhaps. */
  private void askAgain() {
    List<Submission> asked = again;
    again = null;
    if (asked != null) {
      Plants.again(world.canary, asked, answered == null ? null : answered.in(holds));
      asked.forEach(core::submit);
    }
  }

  /** Of the core's, in their order. */
  private void later(Runnable step) {
    steps.addLast(step);
    world.after(onCore ? 0 : world.random.nextInt(LAG_MS_MAX), this::takeNext);
  }

  private void takeNext() {
    if (process.isPaused()) {
      world.after(LAG_MS_MAX, this::takeNext);
    } else if (!process.isGone() && !steps.isEmpty()) {
      steps.removeFirst().run();
    }
  }

  void die(boolean silently) {
    List.copyOf(sockets).forEach(socket -> process.leave(socket.toClient(), silently));
  }
}
