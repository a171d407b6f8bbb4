package io.paddock.oracle;

/**
 * The ordering rules once more where the core and its clients do not share a thread: a machine of
 * six processors, or a process that believes so.
 */
class OrderingOnManyLoopsTest extends OrderingTest {
  @Override
  ServerUnderTest open(ServerSpec spec) {
    String subject = Contender.subject().name().toLowerCase(java.util.Locale.ROOT);
    return ServerProcess.start(subject, spec, "-XX:ActiveProcessorCount=6");
  }
}
