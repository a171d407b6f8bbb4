package io.paddock.operators;

import java.util.concurrent.CompletableFuture;

/** What answers the requests of an HTTP port. */
interface WebHandler {
  /**
   * Answers, or begins to, on one of the port's few threads: it may block them for a short while;
   * what takes long completes the future later, from any thread.
   *
   * @throws Exception which becomes status 500, as a failed future does
   */
  CompletableFuture<WebAnswer> answer(WebRequest request) throws Exception;
}
