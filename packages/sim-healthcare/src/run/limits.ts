/**
 * How far a simulation goes. Above are numbers that nobody means (2^53 - 1) or that would fill the memory, or run for
 * weeks, before anything is said.
 */
export const limits = {
  rounds: 1_000_000,
  /** Of clients made when they are asked; a scenario whose hospitals are all in memory says how many of them fit. */
  hospitals: 1_000_000,
  /** Steps or epochs in a round. */
  steps: 1_000_000,
  /** Each is a thread with a copy of the program. */
  workers: 256,
  canaries: 1_000_000,
} as const;
