package io.paddock.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws the modules in their layers, with what each takes from those below, as the POMs have it.
 */
final class ArchitecturePicture {
  /** From the top: the rows of the picture. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("dist"),
          List.of("bench"),
          List.of("testkit", "tasks", "shell"),
          List.of("doctor"),
          List.of("server"),
          List.of("peers", "operators", "providers"),
          List.of("machine"),
          List.of("config", "metrics", "sim"),
          List.of("frontend"),
          List.of("replica"),
          List.of("tree", "zab", "journal"),
          List.of("wire"));

  private static final int WIDTH = 960;
  private static final int BOX_WIDTH = 250;
  private static final int BOX_HEIGHT = 62;
  private static final int ROW_HEIGHT = 96;
  private static final int MARGIN = 20;

  /** Letters of a description in a line of a box. */
  private static final int LINE_LENGTH = 37;

  private static final Pattern DESCRIPTION = Pattern.compile("<description>(.*?)</description>");
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<groupId>io\\.paddock</groupId>\\s*<artifactId>(\\w+)</artifactId>(?!\\s*<scope>test)(?=\\s*<(?!version>0))");

  /** A module as its POM tells of it, and where its box stands. */
  record Box(String module, String description, List<String> uses, int x, int y) {}

  private final Map<String, Box> boxes = new LinkedHashMap<>();

  private ArchitecturePicture(Path root) throws IOException {
    for (int row = 0; row < LAYERS.size(); row++) {
      List<String> modules = LAYERS.get(row);
      int gap = (WIDTH - modules.size() * BOX_WIDTH) / (modules.size() + 1);
      for (int i = 0; i < modules.size(); i++) {
        String pom = Files.readString(root.resolve(modules.get(i)).resolve("pom.xml"));
        Box box =
            new Box(
                modules.get(i),
                first(DESCRIPTION, pom),
                uses(pom),
                gap + i * (BOX_WIDTH + gap),
                MARGIN + row * ROW_HEIGHT);
        boxes.put(box.module(), box);
      }
    }
  }

  /** The picture of the repository at {@code root}, as SVG. */
  static String of(Path root) throws IOException {
    return new ArchitecturePicture(root).svg();
  }

  /** Modules of the reactor that are part of the product or its tools. */
  static TreeSet<String> modules() {
    TreeSet<String> all = new TreeSet<>();
    LAYERS.forEach(all::addAll);
    return all;
  }

  private static List<String> uses(String pom) {
    List<String> uses = new ArrayList<>();
    Matcher matcher = DEPENDENCY.matcher(pom.substring(pom.indexOf("<dependencies>")));
    while (matcher.find()) {
      uses.add(matcher.group(1));
    }
    return uses;
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("a POM without a description");
    }
    return matcher.group(1);
  }

  private String svg() {
    StringBuilder out = new StringBuilder();
    int height = MARGIN + LAYERS.size() * ROW_HEIGHT;
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\">%n",
            WIDTH,
            height));
    out.append("<title>Paddock's modules, and what each takes from those below</title>\n");
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    for (Box box : boxes.values()) {
      for (String used : box.uses()) {
        if (box.uses().stream().noneMatch(other -> reaches(other, used))) {
          line(box, used, out);
        }
      }
    }
    boxes.values().forEach(box -> box(box, out));
    text(MARGIN, MARGIN + 12, 12, "normal", "green: no threads, clocks, sockets, files", out);
    text(MARGIN, MARGIN + 30, 12, "normal", "blue: the server on a real machine", out);
    text(MARGIN, MARGIN + 48, 12, "normal", "yellow: tools, and what is built on it", out);
    return out.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
  }

  /** Whether a module above takes the other with it, so that a line of its own says nothing. */
  private boolean reaches(String above, String below) {
    Box box = boxes.get(above);
    return box != null
        && box.uses().stream().anyMatch(used -> used.equals(below) || reaches(used, below));
  }

  private void line(Box from, String used, StringBuilder out) {
    Box to = boxes.get(used);
    if (to == null) {
      return;
    }
    if (to.y() <= from.y()) {
      throw new IllegalStateException(from.module() + " uses " + used + ", which is not below it");
    }
    int x1 = from.x() + BOX_WIDTH / 2;
    int y1 = from.y() + BOX_HEIGHT;
    int x2 = to.x() + BOX_WIDTH / 2;
    int bend = Math.max(24, (to.y() - y1) / 2);
    out.append(
        String.format(
            Locale.ROOT,
            "<path d=\"M%d %d C%d %d %d %d %d %d\" fill=\"none\" stroke=\"#8a94a6\" stroke-width=\"1.5\"/>%n",
            x1,
            y1,
            x1,
            y1 + bend,
            x2,
            to.y() - bend,
            x2,
            to.y()));
  }

  private static void box(Box box, StringBuilder out) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"%s\" stroke=\"#44546a\"/>%n",
            box.x(),
            box.y(),
            BOX_WIDTH,
            BOX_HEIGHT,
            fill(box.module())));
    text(box.x() + 12, box.y() + 21, 15, "bold", box.module(), out);
    int y = box.y() + 38;
    for (String line : wrapped(box.description())) {
      text(box.x() + 12, y, 11, "normal", line, out);
      y += 14;
    }
  }

  /** Pure modules, those that touch the machine, and what is built on top. */
  private static String fill(String module) {
    return switch (module) {
      case "wire", "tree", "zab", "journal", "replica", "frontend", "sim" -> "#e3f1e4";
      case "config", "metrics", "machine", "peers", "operators", "server" -> "#e2ecf9";
      default -> "#f7efdc";
    };
  }

  private static void text(int x, int y, int size, String weight, String words, StringBuilder out) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;");
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" font-size=\"%d\" font-weight=\"%s\" fill=\"#1f2733\">%s</text>%n",
            x,
            y,
            size,
            weight,
            escaped));
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() > 0 && line.length() + 1 + word.length() > LINE_LENGTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
