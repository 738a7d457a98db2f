import { sha256 } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import type { Checkpoint, CheckpointStore } from '../interfaces/stores.js';
import { canonicalJson, type Json } from '../base/json.js';
import type { DpEvent } from '../privacy/events.js';
import type { State } from '../base/state.js';
import type { RoundReport } from './federation.js';
import type { MechanismStates } from './server-side.js';

/** The newest has no metrics until it is evaluated. */
export type Report = Omit<RoundReport, 'metrics'> & Partial<RoundReport>;

/** A client's update that was taken last. */
export type LastTaken = { readonly round: number; readonly weight: number };

/** What a run remembers between rounds beside its reports. */
export interface Remembered<S extends State> {
  readonly aggregator: S;
  readonly mechanisms: MechanismStates;
  /** By client. */
  readonly taken: ReadonlyMap<string, LastTaken>;
  /** What each client's data have spent. */
  readonly spent: Readonly<Record<string, DpEvent>>;
  readonly simulationOnly: boolean;
  /** Why the aggregator needs no further round. */
  readonly done: string | null;
}

/** `LastTaken` of many clients in three lists: an object a client would be most of what a checkpoint takes to write. */
interface SavedTaken {
  readonly ids: readonly string[];
  readonly rounds: Float64Array;
  readonly weights: Float64Array;
}

/** The state of a checkpoint: of the reports the newest alone, and of the others, which are in the store's list, a digest. */
interface Saved<S extends State> extends Omit<Remembered<S>, 'taken'> {
  readonly taken: SavedTaken;
  /** Null before the first round is done. */
  readonly newest: Report | null;
  readonly reportsDigest: string;
}

/**
 * A run's reports, and where they and its checkpoints are kept. A report is appended to the store's list once it is
 * whole, which is before the next round's checkpoint; until then it is in the checkpoint, which so stays small.
 */
export class RunMemory<S extends State> {
  readonly rounds: Report[] = [];
  /** How many reports are in the store's list, and the digest of these: each is hashed with the digest before it. */
  #listed = 0;
  #digest = '';

  constructor(
    private readonly runId: string,
    private readonly planHash: string,
    private readonly store: CheckpointStore | undefined,
  ) {}

  /**
   * What the newest checkpoint holds; the reports are in `rounds` then.
   * @throws {FedwardError} CONFIG_INCOMPATIBLE for a run under another plan, CHECKPOINT_INVALID for what is no run's, or
   *   for reports that are not this checkpoint's
   */
  async recall(): Promise<Remembered<S> | undefined> {
    const { runId, planHash, store } = this;
    const checkpoint = await store?.load(runId);
    if (!store || !checkpoint) return undefined;
    if (checkpoint.runId !== runId) throw damaged(runId, `is of run ${checkpoint.runId}`);
    if (checkpoint.planHash !== planHash) {
      const message = `run ${runId} was started under plan ${checkpoint.planHash}, this is ${planHash}: resume with the same plan`;
      throw new FedwardError('CONFIG_INCOMPATIBLE', message, 'resume');
    }
    const state = checkpoint.state as unknown as Saved<S> | null;
    assertOfThisCore(checkpoint);
    if (!state?.mechanisms || !state.spent || !Array.isArray(state.taken?.ids)) throw damaged(runId, 'holds no run');
    await this.#readList(store, checkpoint, state);
    return { ...state, taken: takenOf(state.taken) };
  }

  /** @param count to be read from the list; the newest is in the checkpoint */
  async #readList(
    store: CheckpointStore,
    { nextRound }: Checkpoint,
    { newest, reportsDigest }: Saved<S>,
  ): Promise<void> {
    const { runId } = this;
    if (nextRound === 0 && newest === null) return;
    if (!newest || newest.round !== nextRound - 1) throw damaged(runId, 'holds no run');
    for (const report of await store.reports(runId, newest.round)) {
      this.rounds.push(report as unknown as Report);
      this.#digest = chained(this.#digest, report);
    }
    this.#listed = newest.round;
    if (this.#digest !== reportsDigest) throw damaged(runId, 'has other reports beside it than it was saved with');
    this.rounds.push(newest);
  }

  /**
   * Appends the reports that are new and whole, then saves the rest; all as they are at the call.
   * @param charged whether the next round's charges are in it
   */
  async save(remembered: Remembered<S>, charged: boolean): Promise<void> {
    const { runId, planHash, store } = this;
    if (!store) return;
    const nextRound = this.rounds.length;
    const taken = listedTaken(remembered.taken);
    const whole = this.rounds.slice(this.#listed, -1);
    const newest = this.rounds.at(-1) ?? null;
    for (const report of whole) {
      await store.appendReport(runId, this.#listed, report as unknown as Json);
      this.#digest = chained(this.#digest, report);
      this.#listed++;
    }
    const state: Saved<S> = { ...remembered, taken, newest, reportsDigest: this.#digest };
    await store.save({ runId, planHash, nextRound, ...(charged && { charged }), state: state as unknown as State });
  }
}

/**
 * Refuses the checkpoint of a run that an older core began. `runFederation` refuses it too; a host asks before it opens
 * the run's log, so that nothing of the old run is changed.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the run and the version
 */
export function assertOfThisCore({ runId, state }: Checkpoint): void {
  if (!(state as { readonly ledgers?: unknown } | null)?.ledgers) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `run ${runId} was begun by version 0.1 of core, whose rounds were of another kind: start it anew`,
    'resume',
  );
}

function listedTaken(taken: Remembered<State>['taken']): SavedTaken {
  const all = [...taken.values()];
  const listed = (of: (last: LastTaken) => number): Float64Array => Float64Array.from(all, of);
  return { ids: [...taken.keys()], rounds: listed(({ round }) => round), weights: listed(({ weight }) => weight) };
}

function takenOf({ ids, rounds, weights }: SavedTaken): Remembered<State>['taken'] {
  return new Map(ids.map((id, i) => [id, { round: rounds[i]!, weight: weights[i]! }]));
}

function chained(digest: string, report: unknown): string {
  return sha256(`${digest}\n${canonicalJson(report)}`);
}

function damaged(runId: string, what: string): FedwardError {
  return new FedwardError('CHECKPOINT_INVALID', `the checkpoint of ${runId} ${what}`, runId);
}
