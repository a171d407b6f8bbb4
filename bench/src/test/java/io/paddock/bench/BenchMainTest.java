package io.paddock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchMainTest {
  @Test
  void unknownNamesAreWrongArguments() {
    assertThat(BenchMain.run(new String[] {"--only", "nonsense"})).isEqualTo(2);
    assertThat(BenchMain.run(new String[] {"--servers", "etcd"})).isEqualTo(2);
    assertThat(BenchMain.run(new String[] {"--list"})).isZero();
    assertThat(BenchMain.run(new String[] {"--tasks", "--list"})).isZero();
    assertThat(BenchMain.run(new String[] {"--tasks", "--only", "large tree"})).isEqualTo(2);
    assertThat(BenchMain.run(new String[] {"--ensemble", "--list"})).isZero();
    assertThat(BenchMain.run(new String[] {"--ensemble", "--only", "large tree"})).isEqualTo(2);
    assertThat(BenchMain.run(new String[] {"--ensemble", "--tasks"})).isEqualTo(2);
  }

  @Test
  void anOpenLoopBringsThePeakThatItIsHalfOf() {
    assertThat(Suite.all().only(List.of("set open")).names())
        .containsExactly("set 256x4", "set open");
    assertThatThrownBy(() -> Suite.all().only(List.of("nonsense")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("large tree");
  }

  @Test
  void everyMetricHasANameOfItsOwn() {
    assertThat(Suite.all().metrics()).extracting(BenchMetric::label).doesNotHaveDuplicates();
    assertThat(Suite.tasks().metrics()).extracting(BenchMetric::label).doesNotHaveDuplicates();
    assertThat(Suite.tls().metrics()).extracting(BenchMetric::label).doesNotHaveDuplicates();
    assertThat(Suite.ensemble().metrics()).extracting(BenchMetric::label).doesNotHaveDuplicates();
  }

  @Test
  void everyNameCanBeGivenToOnlyWhichIsSplitAtCommas() {
    for (Suite suite : List.of(Suite.all(), Suite.tls(), Suite.tasks(), Suite.ensemble())) {
      assertThat(suite.names()).noneMatch(name -> name.contains(","));
    }
  }
}
