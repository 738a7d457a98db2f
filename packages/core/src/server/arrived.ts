import { FedwardError, hasCode } from '../base/errors.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { LeftOut } from '../interfaces/aggregator.js';
import type { Update } from '../interfaces/messages.js';
import type { DpEvent } from '../privacy/events.js';
import type { Dropped, Stale } from './federation.js';
import type { Progress } from './progress.js';
import type { RunLog } from './run-log.js';
import type { LastTaken } from './run-memory.js';

/** Who came, who did not, and what they told. Of an update nothing else is kept: memory does not grow with the cohort. */
export class Arrived {
  readonly participants: string[] = [];
  readonly dropped: Dropped[] = [];
  readonly stale: Stale[] = [];
  readonly #taken: Map<string, LastTaken>;
  readonly #heads = new Map<string, string>();
  #weightedLoss = 0;
  #totalWeight = 0;
  simulationOnly: boolean;
  /** Of the updates that came in, as they came: what they are made of, without the messages around. */
  bytes = 0;
  /** What the same updates would have been without a compression. */
  uncompressed = 0;

  constructor(
    private readonly before: Pick<Progress<State>, 'taken' | 'simulationOnly'>,
    private readonly failOnInvalid: boolean,
    private readonly log: RunLog,
  ) {
    this.#taken = new Map(before.taken);
    this.simulationOnly = before.simulationOnly;
  }

  add({ clientId: id, weight, metrics, simulationOnly, head }: Update, baseRound: number, round: number): void {
    this.participants.push(id);
    if (baseRound < round) this.stale.push({ id, baseRound });
    this.#taken.set(id, { round: baseRound, weight });
    this.#weightedLoss += weight * Number(metrics['loss']); // NaN where it is not told
    this.#totalWeight += weight;
    this.simulationOnly ||= simulationOnly;
    if (head) this.#heads.set(id, head.root);
  }

  /** @throws the error where the plan says that an invalid update fails the run */
  async drop(round: number, id: string, error: FedwardError): Promise<void> {
    const invalid = hasCode(error, 'UPDATE_NOT_FINITE') || hasCode(error, 'UPDATE_INVALID');
    if (invalid && this.failOnInvalid) throw error;
    const { code, message: reason } = error;
    const lost = { id, code, reason, weightLost: this.before.taken.get(id)?.weight ?? null };
    this.dropped.push(lost);
    await this.log.log({ type: 'dropout', round, clientId: id, details: lost });
  }

  /** @throws {FedwardError} QUORUM_NOT_MET with what each that is missing said */
  assertQuorum(round: number, quorum: number, asked: number): void {
    if (this.participants.length >= quorum) return;
    const short = `${this.participants.length} of ${asked} clients answered, the quorum is ${quorum}`;
    const reasons = this.dropped.map(({ id, reason }) => `; ${id}: ${reason}`).join('');
    throw new FedwardError('QUORUM_NOT_MET', `round ${round}: ${short}${reasons}`, 'quorum');
  }

  /** For the log. */
  details(divisor: number, event: DpEvent | undefined, leftOut: readonly LeftOut[]): JsonObject {
    return {
      ...{ participants: this.participants, dropped: this.dropped.map(({ id }) => id), divisor, spent: event ?? null },
      ...(leftOut.length > 0 && { leftOut: leftOut.map(({ id, reason }) => ({ id, reason })) }),
      ...(this.stale.length > 0 && { stale: this.stale.map(({ id, baseRound }) => ({ id, baseRound })) }),
      ...(this.#heads.size > 0 && { heads: Object.fromEntries(this.#heads) }),
    };
  }

  /** Of the participants those whose updates are in the sum. */
  summed(leftOut: readonly LeftOut[]): readonly string[] {
    const without = new Set(leftOut.map(({ id }) => id));
    return without.size > 0 ? this.participants.filter((id) => !without.has(id)) : this.participants;
  }

  /** Each client's update that was taken last; those that were left out now were not. */
  taken(leftOut: readonly LeftOut[]): ReadonlyMap<string, LastTaken> {
    for (const { id } of leftOut) {
      const last = this.before.taken.get(id);
      if (last) this.#taken.set(id, last);
      else this.#taken.delete(id);
    }
    return this.#taken;
  }

  get trainLoss(): number | null {
    const loss = this.#weightedLoss / this.#totalWeight;
    return Number.isFinite(loss) ? loss : null;
  }
}
