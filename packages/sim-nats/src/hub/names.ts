/** Streams of all simulations on a hub. Nothing of record is in them: they may be lost at any time. */
export const streams = {
  /** Which simulations there are, each told again and again: one that is silent is forgotten. */
  runs: 'FWSIM_RUNS',
  /** Batches of clients that wait to be trained: a work queue. */
  jobs: 'FWSIM_JOBS',
  /** What came of each batch, written once. */
  results: 'FWSIM_RESULTS',
  /** Pieces of what is larger than a message, and of what a round's clients are sent: written once. */
  pieces: 'FWSIM_PIECES',
} as const;

/**
 * Subjects, and patterns of them. A session is one process that carries a simulation out: a run that is gone on with is
 * another session, so that no answer to the first one is taken for an answer to it.
 */
export const subjects = {
  run: (session: string) => `fw.sim.v1.run.${session}`,
  runs: 'fw.sim.v1.run.>',
  job: (session: string, name: string) => `fw.sim.v1.job.${session}.${name}`,
  jobsOf: (session: string) => `fw.sim.v1.job.${session}.>`,
  jobs: 'fw.sim.v1.job.>',
  result: (session: string, name: string) => `fw.sim.v1.result.${session}.${name}`,
  resultsOf: (session: string) => `fw.sim.v1.result.${session}.>`,
  results: 'fw.sim.v1.result.>',
  /** @param of digest of the whole, hexadecimal */
  piece: (session: string, of: string, index: number) => `fw.sim.v1.piece.${session}.${of}.${index}`,
  piecesOf: (session: string, of?: string) => `fw.sim.v1.piece.${session}.${of === undefined ? '>' : `${of}.>`}`,
  pieces: 'fw.sim.v1.piece.>',
  /** What a client in training asks of the simulation's process, by request. */
  ask: (session: string) => `fw.sim.v1.ask.${session}`,
  /** A worker says that it is there. */
  here: (session: string) => `fw.sim.v1.here.${session}`,
  /** The simulation says that it is over. */
  end: (session: string) => `fw.sim.v1.end.${session}`,
} as const;

/** Durations, all by the clock of whoever waits. */
export const timing = {
  /** A worker that has not said for so long that it is at a job has lost it: others get it. */
  ackWaitMs: 5000,
  workingMs: 1500,
  /** A worker says that it is there. */
  hereMs: 1000,
  /** One that was not heard for so long is gone. */
  goneMs: 5000,
  /** One that was not heard for so long is forgotten by the hub. */
  forgetRunMs: 20_000,
  /** How often the hub is looked through for what was missed, and a simulation says that it is there. */
  reconcileMs: 1000,
  /** What a hub holds for a simulation that never came back. */
  keepMs: 3_600_000,
  requestMs: 3000,
} as const;
