import { canonicalJson, composeEvents, FedwardError, type Charge, type DpEvent, type SiteLedger } from '@fedward/core';
import type { LedgerPaths } from './files.js';
import type { Pricing } from './pricing.js';
import { appendRelease, releasesAfter, type Head, type Release } from './releases.js';
import { assertAddable, type KnownTerms, type LedgerTerms } from './terms.js';

/** A site's ledger on disk. It holds no file open between charges, so there is nothing to close. */
export interface DiskLedger extends SiteLedger {
  readonly terms: LedgerTerms;
  /** Number of releases, and the hash to keep elsewhere, as this process knows them. */
  readonly head: Head;
  /** The accountant that prices them: of old ledgers another than in their terms. */
  readonly accountant: string;
  /** How far they use up the budget, at the terms' delta: see `LedgerReport.epsilon`. */
  readonly epsilon: number;
  /** What `epsilon` would be after one more event, by what this process knows of the ledger. */
  preview(event: DpEvent): number;
}

/** Charges one after the other, on top of whatever other processes have charged. */
export class FileLedger implements DiskLedger {
  readonly outlivesRuns = true;
  readonly terms: LedgerTerms;
  #head: Head;
  #spent: DpEvent = { type: 'none' };
  /** Of a simulation, what was charged. */
  readonly #made = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly paths: LedgerPaths,
    { terms, hash }: KnownTerms,
    private readonly pricing: Pricing,
    private readonly now: () => string,
  ) {
    this.terms = terms;
    this.#head = { count: 0, hash };
  }

  get head(): Head {
    return this.#head;
  }

  get accountant(): string {
    return this.pricing.accountant;
  }

  get epsilon(): number {
    return this.pricing.price(this.#spent);
  }

  preview(event: DpEvent): number {
    return this.pricing.price(composeEvents(this.#spent, event));
  }

  /** Takes in what other processes have charged. @throws {FedwardError} LEDGER_DAMAGED, STORAGE_FAILED */
  async catchUp(): Promise<void> {
    for await (const { release, head } of releasesAfter(this.paths, this.#head)) this.#take(release, head);
  }

  charge(charge: Charge): Promise<void> {
    const charged = this.#last.then(() => this.#charge(charge));
    this.#last = charged.catch(() => undefined); // its caller is told
    return charged;
  }

  /**
   * Priced on what is known, then written to where the next release goes. If another process was there first, nothing
   * is written, and the price is computed anew on what it has charged. Each turn of the loop is a charge of somebody.
   */
  async #charge({ planHash, runId, round, event, ...kind }: Charge): Promise<void> {
    const { terms } = this;
    assertAddable(terms, { planHash, runId, round, event, ...kind });
    const what = { planHash, runId, round, event };
    for (;;) {
      if (this.#made.has(canonicalJson(what))) return;
      const [epsilonBefore, epsilonAfter] = [this.epsilon, this.preview(event)];
      if (!(epsilonAfter <= terms.budget))
        throw exceeded({ ...terms, accountant: this.accountant }, what, epsilonBefore, epsilonAfter); // a NaN is no bound
      const release = { ...what, time: this.now(), epsilonBefore, epsilonAfter };
      const head = await appendRelease(this.paths, this.#head, release);
      if (head) return this.#take(what, head);
      await this.catchUp();
    }
  }

  #take({ planHash, runId, round, event }: Pick<Release, 'planHash' | 'runId' | 'round' | 'event'>, head: Head): void {
    this.#spent = composeEvents(this.#spent, event);
    this.#head = head;
    if (this.terms.simulationOnly) this.#made.add(canonicalJson({ planHash, runId, round, event }));
  }
}

function exceeded(
  { dataSet, budget, delta, unit, adjacency, accountant }: LedgerTerms,
  { runId, round }: Pick<Charge, 'runId' | 'round'>,
  before: number,
  after: number,
): FedwardError {
  return new FedwardError(
    'BUDGET_EXCEEDED',
    `round ${round} of run ${runId} would take ${dataSet} from epsilon ${before} to ${after}, its budget over all ` +
      `studies is ${budget} (delta ${delta}, unit ${unit}, ${adjacency}, accountant ${accountant}): refused, ` +
      'nothing was released',
    dataSet,
  );
}
