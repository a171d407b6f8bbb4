package io.paddock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two looks at the same election port are one diagnosis. */
class OneViewTest {
  private static final Diagnosis TLS_ERROR =
      Diagnosis.error("server.2", "its certificate is of an unknown CA", "add it");
  private static final Diagnosis TLS_UNREACHED =
      Diagnosis.warn("server.2", "election port b:3888: timed out", "see the firewall");
  private static final Diagnosis ASKED_ERROR =
      Diagnosis.error("server.2", "election port b:3888: certificate of an unknown CA", "add it");
  private static final Diagnosis ASKED_REFUSED =
      Diagnosis.warn("server.2", "election port b:3888: refused", "start it");
  private static final Diagnosis CLIENT_PORT =
      Diagnosis.warn("server.2", "clientPort b:2181: refused", "start it");
  private static final Diagnosis OTHER = Diagnosis.warn("server.3", ASKED_REFUSED.finding(), "");

  private static List<Diagnosis> both(List<Diagnosis> tls, List<Diagnosis> asked) {
    return Stream.concat(
            Doctor.onceEach(tls, asked, false).stream(), Doctor.onceEach(asked, tls, true).stream())
        .toList();
  }

  @Test
  void aTroubleOfTlsIsToldByTheLookThatKnowsCertificates() {
    assertThat(both(List.of(TLS_ERROR), List.of(ASKED_ERROR, CLIENT_PORT, OTHER)))
        .containsExactly(TLS_ERROR, CLIENT_PORT, OTHER);
    assertThat(both(List.of(TLS_UNREACHED), List.of(ASKED_REFUSED))).containsExactly(TLS_UNREACHED);
  }

  @Test
  void theGraverOneCountsWhoeverTellsIt() {
    assertThat(both(List.of(TLS_UNREACHED), List.of(ASKED_ERROR))).containsExactly(ASKED_ERROR);
    assertThat(both(List.of(TLS_ERROR), List.of(ASKED_REFUSED))).containsExactly(TLS_ERROR);
  }

  @Test
  void whatOnlyOneOfThemFindsStays() {
    Diagnosis well = Diagnosis.ok("server.2", "election port b:3888 speaks TLS");
    assertThat(both(List.of(well), List.of(ASKED_REFUSED))).containsExactly(well, ASKED_REFUSED);
    assertThat(both(List.of(), List.of(ASKED_ERROR))).containsExactly(ASKED_ERROR);
  }
}
