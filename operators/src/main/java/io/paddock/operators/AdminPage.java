package io.paddock.operators;

import io.paddock.config.AdminConfig;
import io.paddock.metrics.ConnectionInfo;
import io.paddock.metrics.ServerMetrics;
import io.paddock.metrics.Summary;
import java.time.Duration;
import java.util.List;

/**
 * The page at the AdminServer's root: how the server does, at a glance, renewed every few seconds.
 */
final class AdminPage {
  private static final int CONNECTIONS_SHOWN_MAX = 200;

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
      <meta name="viewport" content="width=device-width"><title>Paddock</title><style>
      body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222}
      table{border-collapse:collapse;margin:.5em 0 1.5em}
      td,th{padding:.2em .9em .2em 0;text-align:left;font-variant-numeric:tabular-nums}
      tr+tr{border-top:1px solid #ddd}th{font-weight:600}
      @media(prefers-color-scheme:dark){body{background:#181a1b;color:#ddd}tr+tr{border-color:#444}
      a{color:#8ab4f8}}
      </style></head><body>
      """;

  private AdminPage() {}

  static String of(AdminConfig config, ServerStatus status, BuildInfo build) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("<h1>Paddock ").append(escape(build.paddock())).append("</h1>\n<table>\n");
    if (status.serving()) {
      figures(page, status);
    } else {
      row(page, "State", FourLetterWords.NOT_SERVING);
    }
    page.append("</table>\n");
    if (status.serving()) {
      connections(page, AdminCommands.wait(status.connections()));
    }
    String commands = escape(config.commandUrl());
    page.append("<p><a href=\"" + commands + "\">All commands</a></p></body></html>\n");
    return page.toString();
  }

  private static void figures(StringBuilder page, ServerStatus status) {
    ServerMetrics metrics = status.metrics();
    ServerStatus.TreeFigures tree = status.tree();
    row(page, "Mode", status.mode().text());
    row(page, "Client port", status.clientPort());
    row(page, "Up for", readable(Duration.ofMillis(status.uptimeMs())));
    row(page, "Zxid", "0x" + Long.toHexString(tree.zxid()));
    row(page, "Znodes", tree.nodeCount() + ", of them ephemeral " + tree.ephemeralCount());
    row(page, "Data", tree.dataBytes() + " bytes");
    row(page, "Sessions", tree.sessionCount());
    row(page, "Connections", metrics.connections());
    row(page, "Watches", metrics.watches());
    row(page, "Packets received", metrics.packetsReceived());
    row(page, "Packets sent", metrics.packetsSent());
    row(page, "Read latency", latency(metrics.reads(), metrics.readQuantile(0.99)));
    row(page, "Write latency", latency(metrics.updates(), metrics.updateQuantile(0.99)));
    row(page, "Data directory", status.config().journal().dataDir());
  }

  private static String latency(Summary summary, double p99) {
    return summary.count() == 0
        ? "nothing yet"
        : MetricsReport.rounded(summary.average())
            + " ms on average, "
            + MetricsReport.rounded(p99)
            + " ms p99, "
            + summary.max()
            + " ms at most";
  }

  private static void connections(StringBuilder page, List<ConnectionInfo> connections) {
    page.append("<h2>Connections</h2>\n<table>\n<tr><th>Peer</th><th>Session</th>");
    page.append("<th>Last operation</th><th>Received</th><th>Sent</th><th>Queued</th></tr>\n");
    for (ConnectionInfo info :
        connections.subList(0, Math.min(connections.size(), CONNECTIONS_SHOWN_MAX))) {
      page.append("<tr><td>").append(escape(info.plainAddress()));
      page.append("</td><td>0x").append(Long.toHexString(info.sessionId()));
      page.append("</td><td>").append(escape(info.lastOperation()));
      page.append("</td><td>").append(info.received());
      page.append("</td><td>").append(info.sent());
      page.append("</td><td>").append(info.queued()).append("</td></tr>\n");
    }
    page.append("</table>\n");
    if (connections.size() > CONNECTIONS_SHOWN_MAX) {
      page.append("<p>" + (connections.size() - CONNECTIONS_SHOWN_MAX) + " more</p>\n");
    }
  }

  private static void row(StringBuilder page, String name, Object value) {
    page.append("<tr><th>").append(escape(name)).append("</th><td>");
    page.append(escape(String.valueOf(value))).append("</td></tr>\n");
  }

  private static String readable(Duration time) {
    String days = time.toDays() > 0 ? time.toDays() + " d " : "";
    return days
        + time.toHoursPart()
        + " h "
        + time.toMinutesPart()
        + " min "
        + time.toSecondsPart()
        + " s";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
