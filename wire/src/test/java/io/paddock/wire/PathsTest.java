package io.paddock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "/a/b", "/...", "/.x", "/a b", "/é", "/日"})
  void pathsThatNameAZnode(String path) {
    assertThat(Paths.problem(path)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "a, Path must start with / character",
    "/a/, Path must not end with / character",
    "//a, 'Invalid path string \"//a\" caused by empty node name specified @1'",
    "/a//b, 'Invalid path string \"/a//b\" caused by empty node name specified @3'",
    "/., 'Invalid path string \"/.\" caused by relative paths not allowed @1'",
    "/a/../b, 'Invalid path string \"/a/../b\" caused by relative paths not allowed @4'"
  })
  void pathsThatDoNotAreToldWhy(String path, String problem) {
    assertThat(Paths.problem(path)).isEqualTo(problem);
  }

  @ParameterizedTest
  @ValueSource(chars = {1, 0x1f, 0x7f, 0x9f, 0xd800, 0xf8ff, 0xfff0, 0xffff})
  void forbiddenCharacters(char c) {
    assertThat(Paths.problem("/a" + c)).contains("invalid character");
  }

  @Test
  void nullCharactersAreToldApart() {
    assertThat(Paths.problem("/a\0")).contains("null character not allowed @2");
    assertThat(Paths.problem(null)).isNotNull();
    assertThat(Paths.problem("")).isNotNull();
  }

  @Test
  void parentsAndNames() {
    assertThat(Paths.parent("/a")).isEqualTo("/");
    assertThat(Paths.parent("/a/b")).isEqualTo("/a");
    assertThat(Paths.name("/a/b")).isEqualTo("b");
  }
}
