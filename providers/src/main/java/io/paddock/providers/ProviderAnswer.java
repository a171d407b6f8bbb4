package io.paddock.providers;

import io.paddock.wire.Id;
import java.util.List;

/**
 * What a provider says to an auth packet.
 *
 * @param ids who the connection is from now on; null when it is refused
 * @param why it is refused, for the log; null when it is not
 */
public record ProviderAnswer(List<Id> ids, String why) {
  static ProviderAnswer refused(String why) {
    return new ProviderAnswer(null, why);
  }
}
