package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentMapTest {
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void itAgreesWithATreeMapAndOldMapsStayAsTheyWere(long seed) {
    Random random = new Random(seed);
    TreeMap<Integer, String> model = new TreeMap<>();
    PersistentMap<Integer, String> map = PersistentMap.empty();
    List<PersistentMap<Integer, String>> before = new ArrayList<>();
    List<TreeMap<Integer, String>> modelsBefore = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      int key = random.nextInt(300);
      if (random.nextInt(5000) > i) {
        map = map.put(key, "v" + i);
        model.put(key, "v" + i);
      } else {
        map = map.remove(key);
        model.remove(key);
      }
      if (i % 250 == 0) {
        before.add(map);
        modelsBefore.add(new TreeMap<>(model));
      }
    }
    for (int i = 0; i < before.size(); i++) {
      assertSame(before.get(i), modelsBefore.get(i));
    }
    assertSame(map, model);
  }

  @Test
  void keysInOrderDoNotMakeItDeep() {
    PersistentMap<Integer, Boolean> map = PersistentMap.empty();
    for (int i = 0; i < 200_000; i++) {
      map = map.put(i, true);
    }
    for (int i = 0; i < 199_990; i++) {
      map = map.remove(i);
    }
    assertThat(map.keys())
        .containsExactly(
            199990, 199991, 199992, 199993, 199994, 199995, 199996, 199997, 199998, 199999);
  }

  @Test
  void aKeyThatIsNotThereLeavesTheMapItself() {
    PersistentMap<String, String> map = PersistentMap.<String, String>empty().put("a", "b");
    assertThat(map.remove("b")).isSameAs(map);
    assertThat(map.put("a", map.get("a"))).isSameAs(map);
    assertThat(map.get("b")).isNull();
  }

  @Test
  void anIteratorEndsWithAnException() {
    Iterator<String> keys = PersistentMap.<String, String>empty().keys().iterator();
    assertThat(keys.hasNext()).isFalse();
    assertThatThrownBy(keys::next).isInstanceOf(NoSuchElementException.class);
  }

  private static void assertSame(
      PersistentMap<Integer, String> map, TreeMap<Integer, String> model) {
    assertThat(map.size()).isEqualTo(model.size());
    assertThat(map.keys()).containsExactlyElementsOf(model.keySet());
    TreeMap<Integer, String> seen = new TreeMap<>();
    map.forEach(seen::put);
    assertThat(seen).isEqualTo(model);
    model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
  }
}
