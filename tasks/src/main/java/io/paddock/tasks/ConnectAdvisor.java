package io.paddock.tasks;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Says what is wrong with a client's TLS. Found as a service, since this module is on the official
 * client alone and those who know are not below it. The shell has one as well.
 */
public interface ConnectAdvisor {
  /**
   * Why a client does not come through that is set up as this process is. Takes some seconds at the
   * most.
   *
   * @param file the official client's configuration, if there is one
   * @return cause and remedy; empty when TLS has nothing to do with it
   */
  Optional<String> connection(String host, int port, Optional<Path> file);
}
