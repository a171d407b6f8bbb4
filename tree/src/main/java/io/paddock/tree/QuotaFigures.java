package io.paddock.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the quotas below one top-level znode come to, added up as Apache's server does: a limit that
 * is not set counts as -1, and a hard limit goes before a soft one.
 *
 * @param countLimit znodes
 * @param bytesLimit bytes of data
 * @param count znodes there are
 * @param bytes bytes of data there are
 */
public record QuotaFigures(long countLimit, long bytesLimit, long count, long bytes) {
  private QuotaFigures plus(QuotaFigures other) {
    return new QuotaFigures(
        countLimit + other.countLimit,
        bytesLimit + other.bytesLimit,
        count + other.count,
        bytes + other.bytes);
  }

  /** By the name of the top-level znode, sorted. */
  static SortedMap<String, QuotaFigures> of(Tree tree) {
    SortedMap<String, QuotaFigures> figures = new TreeMap<>();
    Node quota = tree.find(Quotas.ROOT);
    if (tree.quotas == 0 || quota == null) {
      return figures;
    }
    List<String> paths = new ArrayList<>();
    QuotaWalk.limited(quota, paths);
    for (String path : paths) {
      int slash = path.indexOf('/', 1);
      String top = path.isEmpty() ? "" : path.substring(1, slash < 0 ? path.length() : slash);
      if (!top.isEmpty()) {
        figures.merge(top, of(tree, path), QuotaFigures::plus);
      }
    }
    return figures;
  }

  private static QuotaFigures of(Tree tree, String path) {
    Quotas limits = quotas(tree, path + "/" + Quotas.LIMITS);
    Quotas totals = quotas(tree, path + "/" + Quotas.STATS);
    return new QuotaFigures(
        limits.countLimit(), limits.bytesLimit(), totals.count(), totals.bytes());
  }

  private static Quotas quotas(Tree tree, String path) {
    Node node = tree.find(Quotas.ROOT + path);
    return Quotas.parse(node == null ? null : node.data());
  }
}
