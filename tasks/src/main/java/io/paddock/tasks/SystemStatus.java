package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * The system in numbers.
 *
 * @param master what stands in {@code /master}; null when there is none
 * @param epoch the number of the latest term
 * @param workers how many are registered
 * @param draining how many of them get no further tasks
 * @param slots how many tasks they run at once, together
 * @param assigned how many tasks are with workers
 * @param tasks how many are in {@code /tasks}, finished ones included
 * @param dead how many dead letters there are
 * @param backlog how many wait for room in {@code /tasks}
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // a script wants its zeros
public record SystemStatus(
    String master,
    int epoch,
    int workers,
    int draining,
    int slots,
    int assigned,
    int tasks,
    int dead,
    int backlog) {}
