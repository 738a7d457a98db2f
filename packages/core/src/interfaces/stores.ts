import type { State } from '../state.js';

/** What a run needs to go on from the end of a round. */
export interface Checkpoint {
  readonly runId: string;
  readonly planHash: string;
  /** The first round that has not been completed. */
  readonly nextRound: number;
  readonly state: State;
}

/** Keeps the newest checkpoint of each run. `save` is atomic: after a crash, the old one or the new one. */
export interface CheckpointStore {
  /** @throws {FedwardError} STORAGE_FAILED; the old checkpoint is still there */
  save(checkpoint: Checkpoint): Promise<void>;
  /** @throws {FedwardError} CHECKPOINT_INVALID for one that is damaged */
  load(runId: string): Promise<Checkpoint | undefined>;
}

/** A site's own state (control variates, private tensors), kept by round so that a round can be run again. */
export interface ClientStore {
  /** The state saved last before this round. */
  load(clientId: string, round: number): Promise<State | undefined>;
  /** The state as it is after this round. */
  save(clientId: string, round: number, state: State): Promise<void>;
}
