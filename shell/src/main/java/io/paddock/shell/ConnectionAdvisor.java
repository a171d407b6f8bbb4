package io.paddock.shell;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Says what is wrong with a client's TLS and login. Found as a service, since the shell is on the
 * official client alone and those who know are not below it; without one it is told what to run.
 */
public interface ConnectionAdvisor {
  /**
   * Why a client does not come through that is set up as this process is. Takes some seconds at the
   * most.
   *
   * @param file the official client's configuration, if there is one
   * @return cause and remedy; empty when TLS has nothing to do with it
   */
  Optional<String> connection(String host, int port, Optional<Path> file);

  /**
   * What is wrong with this process's login by SASL, as far as can be seen without a server.
   *
   * @param file the official client's configuration, if there is one
   * @return cause and remedy; empty when nothing is
   */
  Optional<String> login(Optional<Path> file);
}
