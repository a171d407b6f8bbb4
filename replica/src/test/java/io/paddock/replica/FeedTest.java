package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The links of the feed: where they lead, and which are kept. */
class FeedTest {
  private final Feed feed = new Feed(Tree.fresh());
  private final FeedItem start = feed.last();

  private List<FeedItem> publish(int count) {
    List<FeedItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      FeedItem item = FeedItem.answer(Tree.fresh(), null, ErrorCode.OK);
      feed.publish(item);
      items.add(item);
    }
    return items;
  }

  @Test
  void itemsAreCountedFromTheStart() {
    List<FeedItem> items = publish(3);
    assertThat(start.place()).isZero();
    assertThat(items).extracting(FeedItem::place).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatAllHaveBehindThemIsUnlinkedAndWhereTheLastOneStandsIsNot() {
    List<FeedItem> items = publish(4);
    feed.followed(3);
    assertThat(start.next()).isNull();
    assertThat(items.get(0).next()).isNull();
    assertThat(items.get(1).next()).isNull();
    assertThat(items.get(2).next()).isSameAs(items.get(3));
  }

  @Test
  void theEndIsLinkedToWhateverComes() {
    feed.followed(Long.MAX_VALUE);
    List<FeedItem> items = publish(2);
    assertThat(start.next()).isSameAs(items.get(0));
    feed.followed(1);
    feed.followed(0);
    assertThat(start.next()).isNull();
    assertThat(items.get(0).next()).isSameAs(items.get(1));
  }
}
