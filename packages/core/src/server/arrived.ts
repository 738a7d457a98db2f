import { FedwardError, hasCode } from '../base/errors.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { LeftOut, RoundContext } from '../interfaces/aggregator.js';
import type { Update } from '../interfaces/messages.js';
import type { DpEvent } from '../privacy/events.js';
import type { Dropped, RoundReport, Stale } from './federation.js';
import type { Progress } from './progress.js';
import type { RunLog } from './run-log.js';
import type { LastTaken } from './run-memory.js';

/** The weight that a client that is missing would have had; undefined where nobody knows it. */
export type ToldWeights = (id: string) => number | undefined;

/** Who came, who did not, and what they told. Of an update nothing else is kept: memory does not grow with the cohort. */
export class Arrived {
  readonly participants: string[] = [];
  readonly dropped: Dropped[] = [];
  readonly stale: Stale[] = [];
  readonly #taken: Map<string, LastTaken>;
  readonly #heads = new Map<string, string>();
  #weightedLoss = 0;
  #lossWeight = 0;
  /** By which those that came in count. */
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

  /** @param counted by how much it counts, whatever weight it says it has */
  add(
    update: Update,
    { baseRound, round, counted }: { readonly baseRound: number; readonly round: number; readonly counted: number },
  ): void {
    const { clientId: id, weight, metrics, simulationOnly, head } = update;
    this.participants.push(id);
    if (baseRound < round) this.stale.push({ id, baseRound });
    this.#taken.set(id, { round: baseRound, weight: counted });
    this.#weightedLoss += weight * Number(metrics['loss']); // NaN where it is not told
    this.#lossWeight += weight;
    this.#totalWeight += counted;
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

  /**
   * @param waiting who is still at work: their updates are not in this round either
   * @throws {FedwardError} QUORUM_NOT_MET with what each that is missing said
   */
  assertQuorum({ round, plan, cohort }: RoundContext, waiting: readonly string[], told: ToldWeights): void {
    const short =
      this.participants.length < plan.quorum
        ? `${this.participants.length} of ${cohort.length} clients answered, the quorum is ${plan.quorum}`
        : plan.quorumShare !== undefined && this.#shortOfWeight(plan.quorumShare, waiting, told);
    if (!short) return;
    const reasons = this.dropped.map(({ id, reason }) => `; ${id}: ${reason}`).join('');
    throw new FedwardError('QUORUM_NOT_MET', `round ${round}: ${short}${reasons}`, 'quorum');
  }

  /** What is wrong with the share of the weight that came in, in words. What is not known is not taken for small. */
  #shortOfWeight(quorumShare: number, waiting: readonly string[], told: ToldWeights): string | undefined {
    const missing = this.#missing([], waiting);
    const unknown = missing.find((id) => told(id) === undefined);
    const needed = `the quorum is ${percent(quorumShare)} of the weight`;
    if (unknown !== undefined) return `${needed}, and ${unknown}, which is missing, has never told its weight`;
    const lost = missing.reduce((sum, id) => sum + told(id)!, 0);
    const share = this.#totalWeight / (this.#totalWeight + lost);
    if (share >= quorumShare) return undefined;
    return `clients of ${percent(share)} of the weight answered, ${needed}`;
  }

  /** Whose updates the round waited for and has not in its sum. */
  #missing(leftOut: readonly LeftOut[], waiting: readonly string[]): readonly string[] {
    const summed = new Set(this.summed(leftOut));
    const all = [...this.dropped, ...leftOut].map(({ id }) => id).concat(waiting);
    return [...new Set(all)].filter((id) => !summed.has(id));
  }

  /** What the sum lacks; undefined where it lacks nobody. To be asked before `taken`. */
  lost(leftOut: readonly LeftOut[], waiting: readonly string[], told: ToldWeights): RoundReport['lost'] {
    const missing = this.#missing(leftOut, waiting);
    if (missing.length === 0) return undefined;
    const without = new Set(leftOut.map(({ id }) => id));
    const toldNow = (id: string): number => this.#taken.get(id)!.weight;
    const here = this.#totalWeight - [...without].reduce((sum, id) => sum + toldNow(id), 0);
    let weight = 0;
    for (const id of missing) {
      const own = without.has(id) ? toldNow(id) : told(id);
      if (own === undefined) return { weight: null, share: null };
      weight += own;
    }
    return { weight, share: weight / (weight + here) };
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
    const loss = this.#weightedLoss / this.#lossWeight;
    return Number.isFinite(loss) ? loss : null;
  }
}

/** To as many digits as tell apart what a reader compares. */
function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`;
}
