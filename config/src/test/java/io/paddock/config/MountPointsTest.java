package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are mounted after the server has been started. */
class MountPointsTest {
  private static final String ROOT = "24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n";

  @TempDir Path directory;
  private Path place;
  private Path mountInfo;
  private MountPoints points;

  @BeforeEach
  void write() throws Exception {
    place = directory.resolve("a disk");
    mountInfo = Files.writeString(directory.resolve("mountinfo"), ROOT);
    String written = place.toString().replace(" ", "\\040");
    Path fstab =
        Files.writeString(
            directory.resolve("fstab"),
            """
            # <file system> <mount point> <type> <options>
            /dev/sda1  /  ext4  errors=remount-ro  0 1
            /dev/sda2  none  swap  sw  0 0
            /dev/sdb1	%s	xfs	defaults	0	2
            /dev/sdc1  %s-later  xfs  noauto,defaults  0 2
            """
                .formatted(written, written));
    points = new MountPoints(fstab, mountInfo);
  }

  private void mount() throws Exception {
    String written = place.toString().replace(" ", "\\040");
    Files.writeString(
        mountInfo, ROOT + "36 24 8:17 / " + written + " rw shared:2 - xfs /dev/sdb1 rw\n");
  }

  @Test
  void whatIsBelowAPlaceThatIsNotMountedIsFound() throws Exception {
    assertThat(points.missing(place.resolve("zookeeper"))).contains(place);
    assertThat(points.missing(place)).contains(place);
    assertThat(points.missing(directory.resolve("a disk of another name"))).isEmpty();
    assertThat(points.missing(Path.of(place + "-later", "zookeeper"))).isEmpty();
    mount();
    assertThat(points.missing(place.resolve("zookeeper"))).isEmpty();
  }

  @Test
  void withoutMountinfoNothingIsSaid() throws Exception {
    Files.delete(mountInfo);
    assertThat(points.missing(place)).isEmpty();
  }

  @Test
  void aDirectoryBelowAPlaceThatIsNotMountedIsRefusedAndNotMade() {
    Path data = place.resolve("zookeeper");
    assertThatThrownBy(() -> points.await("dataDir", data, BindRetry.NONE))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> assertThat(e.exitCode()).isEqualTo(ConfigException.EXIT_DATA_DIRECTORY))
        .hasMessageContaining("dataDir=" + data)
        .hasMessageContaining("is not mounted");
    assertThat(data).doesNotExist();
  }

  @Test
  void itIsWaitedForWhileThePatienceLasts() throws Exception {
    Thread mounting =
        new Thread(
            () -> {
              try {
                mount();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    mounting.start();
    points.await("dataDir", place.resolve("zookeeper"), new BindRetry(100));
    mounting.join();
  }

  @Test
  void dataThatIsThereAllTheSameIsUsed() throws Exception {
    Files.createDirectories(place.resolve("zookeeper/version-2"));
    points.await("dataDir", place.resolve("zookeeper"), BindRetry.NONE);
  }
}
