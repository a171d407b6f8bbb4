package io.paddock.sim;

import java.util.TreeSet;

/**
 * Who cannot reach whom. Servers are known by their id, clients by the negative of theirs. What is
 * cut off waits; nothing overtakes. One thread.
 */
final class Network {
  private record Way(long from, long to) implements Comparable<Way> {
    @Override
    public int compareTo(Way other) {
      return from != other.from ? Long.compare(from, other.from) : Long.compare(to, other.to);
    }
  }

  private final TreeSet<Way> cut = new TreeSet<>();

  boolean isCut(long from, long to) {
    return cut.contains(new Way(from, to));
  }

  void cutOneWay(long from, long to) {
    cut.add(new Way(from, to));
  }

  void cut(long one, long other) {
    cutOneWay(one, other);
    cutOneWay(other, one);
  }

  void heal() {
    cut.clear();
  }

  boolean isWhole() {
    return cut.isEmpty();
  }
}
