package io.paddock.dist;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code paddock tls}: certificates and stores, made and checked. */
@Command(
    description = "Make certificates and stores for TLS, and find out what is wrong with them.",
    subcommands = {TlsInitCommand.class, TlsCheckCommand.class})
final class TlsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("unused") // picocli fills it
  @Mixin
  private HelpOption help;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: init or check?");
  }
}
