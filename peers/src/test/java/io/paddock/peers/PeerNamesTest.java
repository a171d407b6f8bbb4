package io.paddock.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Which address a member's name stands for. */
class PeerNamesTest {
  private static final String HOST = "zk-1.zk-hs";

  private String address = "10.0.0.1";
  private String failure;
  private final PeerNames names = new PeerNames(this::find);

  private InetAddress find(String host) throws UnknownHostException {
    if (failure != null) {
      throw new UnknownHostException(host + ": " + failure);
    }
    return InetAddress.getByName(address);
  }

  @Test
  void aNameIsAskedForEachTime() throws Exception {
    assertThat(names.find(HOST).getHostAddress()).isEqualTo("10.0.0.1");
    address = "10.0.0.2";
    assertThat(names.find(HOST).getHostAddress()).isEqualTo("10.0.0.2");
  }

  @Test
  void whileDnsDoesNotAnswerTheLastAddressCounts() throws Exception {
    failure = "Temporary failure in name resolution";
    assertThatThrownBy(() -> names.find(HOST)).isInstanceOf(UnknownHostException.class);
    failure = null;
    names.find(HOST);
    failure = "Temporary failure in name resolution";
    assertThat(names.find(HOST).getHostAddress()).isEqualTo("10.0.0.1");
  }

  @Test
  void aNameThatDnsDoesNotHaveAnyMoreHasNoAddress() throws Exception {
    names.find(HOST);
    failure = "Name or service not known";
    assertThatThrownBy(() -> names.find(HOST)).isInstanceOf(UnknownHostException.class);
  }
}
