package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class SvgPlotTest {
  private static final BenchMetric BETTER = BenchMetric.throughput("get <1&2>", 2);
  private static final BenchMetric WORSE = BenchMetric.cpu("set", 0.5);
  private static final BenchMetric MISSING = BenchMetric.cpu("missing", 0.5);

  @Test
  void theDocumentIsWellFormedAndNamesEachMeasuredMetric() throws Exception {
    Document document = plot();
    assertThat(document.getDocumentElement().getNodeName()).isEqualTo("svg");
    assertThat(document.getDocumentElement().getTextContent())
        .contains("get <1&2> throughput", "set server CPU", "ratio 4.00", "a & b")
        .doesNotContain("missing");
  }

  @Test
  void barsGoRightWherePaddockIsBetterAndLeftWhereItIsWorse() throws Exception {
    NodeList bars = plot().getElementsByTagName("rect");
    assertThat(bars.getLength()).as("background and two bars").isEqualTo(3);
    Element better = (Element) bars.item(1);
    Element worse = (Element) bars.item(2);
    double middle = number(better, "x");
    assertThat(number(worse, "x") + number(worse, "width")).isEqualTo(middle);
    assertThat(number(better, "width")).isEqualTo(2 * number(worse, "width"));
  }

  @Test
  void withoutAnyRatioThePlotIsStillADocument() throws Exception {
    assertThat(
            parse(new SvgPlot(List.of(MISSING), new Samples()).svg(""))
                .getElementsByTagName("rect")
                .getLength())
        .isEqualTo(1);
  }

  private static Document plot() throws Exception {
    Samples samples = new Samples();
    samples.add(BETTER, ServerKind.APACHE_NIO, 100);
    samples.add(BETTER, ServerKind.PADDOCK, 400);
    samples.add(WORSE, ServerKind.APACHE_NETTY, 10);
    samples.add(WORSE, ServerKind.PADDOCK, 20);
    return parse(new SvgPlot(List.of(BETTER, WORSE, MISSING), samples).svg("a & b"));
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }
}
