import type { Json } from '../base/json.js';
import type { State } from '../base/state.js';

/** What a run needs to go on from the end of a round. */
export interface Checkpoint {
  readonly runId: string;
  readonly planHash: string;
  /** The first round that has not been completed. */
  readonly nextRound: number;
  /** True where the charges of that round are in it: it was saved before the round sent anything. */
  readonly charged?: boolean;
  readonly state: State;
}

/**
 * Keeps the newest checkpoint of each run, and beside it the list of the run's reports, to which one a round is
 * added: a checkpoint does not grow with the rounds.
 *
 * `save` is atomic: after a crash, the old one or the new one. A report is appended before a checkpoint that counts on
 * it is saved; after a crash in between the list is longer than the checkpoint says. What is too much is not read, and
 * gives way to what is appended in its place.
 */
export interface CheckpointStore {
  /** @throws {FedwardError} STORAGE_FAILED; the old checkpoint is still there */
  save(checkpoint: Checkpoint): Promise<void>;
  /** @throws {FedwardError} CHECKPOINT_INVALID for one that is damaged */
  load(runId: string): Promise<Checkpoint | undefined>;
  /**
   * Adds the report of a round to the run's list, in the place of any that was there for this round and later ones. It
   * lasts once this resolves. Called one after the other for a run.
   * @throws {FedwardError} ARGUMENT_INVALID for a round whose predecessor has no report, STORAGE_FAILED
   */
  appendReport(runId: string, round: number, report: Json): Promise<void>;
  /**
   * The reports of the first `count` rounds.
   * @throws {FedwardError} CHECKPOINT_INVALID where there are fewer, or they are damaged
   */
  reports(runId: string, count: number): Promise<readonly Json[]>;
}

/** Whose state it is: one study does not read another's, nor one strategy another's. */
export interface ClientStateKey {
  readonly runId: string;
  readonly clientId: string;
  readonly strategy: string;
}

/** A site's own state (control variates, private tensors), kept by round: it counts once its round's update was taken. */
export interface ClientStore {
  /** The state that was saved with this very round; undefined where none was, or it was forgotten. */
  load(key: ClientStateKey, round: number): Promise<State | undefined>;
  /** The state as it is after this round; it lasts once this resolves. @throws {FedwardError} STORAGE_FAILED */
  save(key: ClientStateKey, round: number, state: State): Promise<void>;
  /** What was saved with rounds before this one, but with round `but`, is not needed any more, and may be let go. */
  forget(key: ClientStateKey, before: number, but?: number): Promise<void>;
}
