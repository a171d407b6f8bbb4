package io.paddock.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.config.ZooCfg;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorMachineTest {
  @TempDir Path root;

  @Test
  void aMachineThatGrantsEnoughIsWellInOneLine() throws Exception {
    write("proc/self/limits", "Max processes             127000    127000    processes\n");
    write("proc/self/cgroup", "0::/user.slice\n");
    write("sys/fs/cgroup/user.slice/pids.max", "max\n");
    write("proc/sys/vm/max_map_count", "65530\n");
    assertThat(examine(65_536, ""))
        .singleElement()
        .matches(line -> line.level() == Diagnosis.Level.OK)
        .asString()
        .contains("ulimit -n is 65536");
  }

  @Test
  void whereASystemTellsNothingNothingIsSaid() throws Exception {
    assertThat(examine(0, "")).isEmpty();
  }

  @Test
  void fewDescriptorsAreWarnedOfAgainstWhatIsConfigured() throws Exception {
    checkWarns(examine(256, ""), "room for 144 clients", "LimitNOFILE");
    checkWarns(examine(4096, "5000"), "maxCnxns=5000", "ulimit -n");
    assertThat(examine(256, "100")).allMatch(line -> line.level() == Diagnosis.Level.OK);
  }

  @Test
  void fewThreadsAndFewMapsAreWarnedOf() throws Exception {
    write("proc/self/limits", "Max processes             100       200       processes\n");
    checkWarns(examine(0, ""), "ulimit -u is 100", "LimitNPROC");
    write("proc/self/limits", "Max processes             unlimited unlimited processes\n");
    write("proc/self/cgroup", "3:cpu:/a\n8:pids:/docker/x\n");
    write("sys/fs/cgroup/pids/docker/x/pids.max", "100\n");
    write("sys/fs/cgroup/pids/docker/x/pids.current", "71\n");
    checkWarns(examine(0, ""), "of 100 threads that the cgroup allows, 71 are taken", "pids.max");
    write("sys/fs/cgroup/pids/docker/x/pids.max", "max\n");
    write("proc/sys/vm/max_map_count", "1000\n");
    checkWarns(examine(0, ""), "vm.max_map_count is 1000", "65530");
  }

  @Test
  void aNumberOfTheKernelsIsReadToItsLastDigit() throws Exception {
    Path maps = Path.of("/proc/sys/vm/max_map_count");
    assumeTrue(Files.exists(maps), "only Linux has it");
    Process cat = new ProcessBuilder("cat", maps.toString()).start();
    String told = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(cat.waitFor()).isZero();
    assertThat(DoctorMachine.read(maps)).isEqualTo(told.strip());
  }

  private static void checkWarns(List<Diagnosis> found, String finding, String remedy) {
    assertThat(found).hasSize(1);
    assertThat(found.get(0).level()).isEqualTo(Diagnosis.Level.WARN);
    assertThat(found.get(0).finding()).contains(finding);
    assertThat(found.get(0).remedy()).contains(remedy);
  }

  private List<Diagnosis> examine(long descriptors, String connectionsMax) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("dataDir", root.toString());
    settings.put("clientPort", "0");
    if (!connectionsMax.isEmpty()) {
      settings.put("maxCnxns", connectionsMax);
    }
    return new DoctorMachine(ZooCfg.of(settings, Map.of()), root, descriptors).examine();
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
