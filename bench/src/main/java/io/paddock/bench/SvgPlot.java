package io.paddock.bench;

import java.util.List;
import java.util.Locale;

/**
 * The ratios as horizontal bars on a logarithmic axis around 1: to the right Paddock is better, to
 * the left Apache is, whatever the direction of the number itself. A tick on each row marks its
 * goal.
 */
final class SvgPlot {
  private static final int LABEL_WIDTH = 330;
  private static final int PLOT_WIDTH = 520;
  private static final int VALUE_WIDTH = 190;
  private static final int ROW = 24;
  private static final int TOP = 66;
  private static final int BOTTOM = 56;
  private static final String MET = "#2a7f4f";
  private static final String MISSED = "#c0562b";
  private static final String NO_GOAL = "#6b7280";

  private final List<BenchMetric> metrics;
  private final Samples samples;
  private final int octaves;

  SvgPlot(List<BenchMetric> metrics, Samples samples) {
    this.metrics = metrics.stream().filter(metric -> !Double.isNaN(samples.ratio(metric))).toList();
    this.samples = samples;
    double widest = 2;
    for (BenchMetric metric : this.metrics) {
      double times = metric.timesBetter(samples.ratio(metric));
      widest = Math.max(widest, Math.max(times, 1 / times));
      if (metric.hasGoal()) {
        widest = Math.max(widest, metric.timesBetter(metric.goal()));
      }
    }
    this.octaves = (int) Math.min(10, Math.ceil(Math.log(widest) / Math.log(2)));
  }

  /** A whole SVG document. */
  String svg(String subtitle) {
    int height = TOP + metrics.size() * ROW + BOTTOM;
    int width = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH;
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
        width,
        height,
        width,
        height);
    add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    text(svg, 16, 26, "start", "#111827", "Paddock against the better of Apache ZooKeeper's two");
    text(svg, 16, 46, "start", NO_GOAL, subtitle);
    axis(svg, height);
    for (int i = 0; i < metrics.size(); i++) {
      row(svg, metrics.get(i), TOP + i * ROW);
    }
    legend(svg, height);
    return svg.append("</svg>\n").toString();
  }

  private void axis(StringBuilder svg, int height) {
    int bottom = height - BOTTOM;
    for (int octave = -octaves; octave <= octaves; octave++) {
      double x = x(Math.pow(2, octave));
      add(
          svg,
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>",
          x,
          TOP - 4,
          x,
          bottom,
          octave == 0 ? "#111827" : "#e5e7eb");
      String label = octave < 0 ? "1/" + (1 << -octave) : Integer.toString(1 << octave);
      text(svg, x, bottom + 16, "middle", NO_GOAL, label + "×");
    }
  }

  private void row(StringBuilder svg, BenchMetric metric, int y) {
    double ratio = samples.ratio(metric);
    double one = x(1);
    double end = x(metric.timesBetter(ratio));
    String color = !metric.hasGoal() ? NO_GOAL : metric.isMet(ratio) ? MET : MISSED;
    text(svg, LABEL_WIDTH - 10, y + 16, "end", "#111827", metric.label());
    add(
        svg,
        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        Math.min(one, end),
        y + 4,
        Math.max(1, Math.abs(end - one)),
        ROW - 8,
        color);
    if (metric.hasGoal()) {
      double goal = x(metric.timesBetter(metric.goal()));
      add(
          svg,
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#111827\""
              + " stroke-width=\"2\"/>",
          goal,
          y + 1,
          goal,
          y + ROW - 1);
    }
    String value =
        String.format(Locale.ROOT, "ratio %.2f", ratio)
            + (metric.hasGoal() ? ", goal " + metric.printGoal() : "");
    text(svg, LABEL_WIDTH + PLOT_WIDTH + 12, y + 16, "start", color, value);
  }

  private static void legend(StringBuilder svg, int height) {
    String words =
        "← Apache better    how many times better, logarithmic    Paddock better →"
            + "    green: goal met, red: missed, grey: no goal, black tick: goal";
    text(svg, 16, height - 12, "start", NO_GOAL, words);
  }

  private double x(double times) {
    double octave = Math.log(times) / Math.log(2);
    double clipped = Math.max(-octaves, Math.min(octaves, octave));
    return LABEL_WIDTH + PLOT_WIDTH * (clipped + octaves) / (2.0 * octaves);
  }

  private static void text(
      StringBuilder svg, double x, int y, String anchor, String color, String words) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    add(
        svg,
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\" xml:space=\"preserve\">%s</text>",
        x,
        y,
        anchor,
        color,
        escaped);
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
