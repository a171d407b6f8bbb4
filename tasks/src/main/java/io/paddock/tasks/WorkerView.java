package io.paddock.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A worker as read at one time.
 *
 * @param id its name
 * @param info what it says of itself
 * @param assigned how many tasks it has
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // a script wants its zeros
public record WorkerView(String id, WorkerInfo info, int assigned) {}
