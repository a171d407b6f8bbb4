package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.doctor.Diagnosis;
import io.paddock.doctor.Doctor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The doctor asks Apache's servers, at their election ports too, and does them no harm. */
@Timeout(240)
class DoctorTest {

  @Test
  void apachesServersAreExaminedAndServeOn() throws Exception {
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0)) {
      ensemble.start(2, APACHE);
      ensemble.start(3, APACHE);
      ensemble.await(3, "leader");
      ensemble.await(2, "follower");
      // The second time an Apache server first repeats what it said the first time.
      for (int i = 0; i < 2; i++) {
        List<Diagnosis> found = Doctor.examine(ensemble.config(1), Map.of());
        assertThat(found)
            .noneMatch(d -> d.level() == Diagnosis.Level.ERROR && !d.subject().equals("dataDir"));
        assertThat(found.stream().map(d -> d.subject() + " " + d.finding()))
            .contains(
                "server.2 election port 127.0.0.1:"
                    + ensemble.electionPort(2)
                    + " answers: it follows server.3",
                "server.3 election port 127.0.0.1:"
                    + ensemble.electionPort(3)
                    + " answers: it leads",
                "server.3 quorum port 127.0.0.1:" + ensemble.quorumPort(3) + " takes connections",
                "ensemble server.3 leads");
      }
      ensemble.await(3, "leader");
      ensemble.await(2, "follower");
    }
  }
}
