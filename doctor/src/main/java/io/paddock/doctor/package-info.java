/**
 * Layer 8: diagnosis. Examines a configuration, its files, ports and addresses without changing
 * anything, and asks the other servers. Each check is a method of one of the Doctor classes and
 * ends in a {@link io.paddock.doctor.Diagnosis}.
 */
package io.paddock.doctor;
