import { canonicalJson, composeEvents, FedwardError, type Charge, type DpEvent, type SiteLedger } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';
import { amendmentOf, type Amendment } from './amendments.js';
import { appendAmendment, appendRelease, entriesAfter, type Entry, type Head } from './entries.js';
import type { LedgerPaths } from './files.js';
import type { Pricing } from './pricing.js';
import { damaged } from './seal.js';
import { rotationsTo, Signatures, type LedgerSignature } from './signatures.js';
import { assertAddable, assertSameData, type KnownTerms, type LedgerTerms } from './terms.js';

/** A site's ledger on disk. It holds no file open between charges, so there is nothing to close. */
export interface DiskLedger extends SiteLedger {
  readonly terms: LedgerTerms;
  /** Number of entries, and the hash to keep elsewhere, as this process knows them. */
  readonly head: Head;
  /** What is signed of it, as this process knows it; null for a ledger that is not signed. */
  readonly signature: LedgerSignature | null;
  /** The accountant that prices them: of old ledgers another than in their terms. */
  readonly accountant: string;
  /** How far they use up the budget, at the terms' delta: see `LedgerReport.epsilon`. */
  readonly epsilon: number;
  /** What `epsilon` would be after one more event, by what this process knows of the ledger. */
  preview(event: DpEvent): number;
}

/** Who opens a ledger. */
export interface LedgerUser {
  /** Of the data that are charged. */
  readonly dataDigest?: string | undefined;
  readonly signer?: Signer | undefined;
  readonly rotations: readonly string[];
}

/** Charges one after the other, on top of whatever other processes have charged. */
export class FileLedger implements DiskLedger {
  readonly outlivesRuns = true;
  #terms: LedgerTerms;
  #head: Head;
  #spent: DpEvent = { type: 'none' };
  readonly #signatures: Signatures;
  /** Of a simulation, what was charged. */
  readonly #made = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly paths: LedgerPaths,
    known: KnownTerms,
    private readonly pricing: Pricing,
    private readonly user: LedgerUser,
    private readonly now: () => string,
  ) {
    this.#terms = known.terms;
    this.#head = { count: 0, hash: known.hash };
    this.#signatures = new Signatures(paths, known);
  }

  get terms(): LedgerTerms {
    return this.#terms;
  }

  get signature(): LedgerSignature | null {
    return this.#signatures.state;
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
    for await (const entry of entriesAfter(this.paths, this.#head)) await this.#take(entry);
    assertSameData(this.paths.directory, this.#terms, this.user.dataDigest);
  }

  /**
   * Makes the ledger one that this user may charge: bound to the data, signed by the key.
   * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `signer`; as `catchUp`
   */
  async prepare(): Promise<void> {
    for (let due = this.#due(); due; due = this.#due()) {
      if (!('rotations' in due)) await this.#sign();
      const entry = await appendAmendment(this.paths, this.#head, amendmentOf(due, this.now()));
      if (entry) await this.#take(entry);
      else await this.catchUp();
    }
    await this.#sign();
  }

  /** Whether this user may charge it, as far as its key says; nothing is written. @throws {FedwardError} as `prepare` */
  assertMayCharge(): void {
    this.#due();
  }

  charge(charge: Charge): Promise<void> {
    const charged = this.#last.then(() => this.#charge(charge));
    this.#last = charged.catch(() => undefined); // its caller is told
    return charged;
  }

  /**
   * Priced on what is known, then written to where the next entry goes. If another process was there first, nothing
   * is written, and the price is computed anew on what it has charged. Each turn of the loop is a charge of somebody.
   *
   * A signed ledger's charge is in it once its entry is, and acknowledged once its signature is too. What a process that died
   * has left without one is signed first.
   */
  async #charge({ planHash, runId, round, event, ...kind }: Charge): Promise<void> {
    const { terms } = this;
    assertAddable(terms, { planHash, runId, round, event, ...kind });
    const what = { planHash, runId, round, event };
    for (;;) {
      await this.prepare();
      if (this.#made.has(canonicalJson(what))) return;
      const [epsilonBefore, epsilonAfter] = [this.epsilon, this.preview(event)];
      if (!(epsilonAfter <= terms.budget))
        throw exceeded({ ...terms, accountant: this.accountant }, what, epsilonBefore, epsilonAfter); // a NaN is no bound
      const release = { ...what, time: this.now(), epsilonBefore, epsilonAfter };
      const entry = await appendRelease(this.paths, this.#head, release);
      if (!entry) {
        await this.catchUp();
        continue;
      }
      await this.#take(entry);
      return this.#sign();
    }
  }

  /** What the ledger has yet to learn before this user may charge it. */
  #due(): Amendment | undefined {
    const { key } = this.#signatures;
    const { signer, rotations, dataDigest } = this.user;
    const { directory } = this.paths;
    if (key !== undefined && !signer)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `the ledger in ${directory} is signed by the key ${key}: what is charged to it has to be signed too, and no key was given`,
        'signer',
      );
    if (signer && key === undefined) return { verifierKey: signer.verifierKey };
    if (signer && signer.verifierKey !== key) return { rotations: rotationsTo(signer, key!, rotations, directory) };
    if (dataDigest !== undefined && this.#terms.dataDigest === undefined) return { dataDigest };
    return undefined;
  }

  async #sign(): Promise<void> {
    if (this.user.signer) await this.#signatures.sign(this.user.signer);
  }

  async #take(entry: Entry): Promise<void> {
    await this.#signatures.take(entry);
    this.#head = entry.head;
    if (entry.amendment) return this.#amend(entry.amendment);
    const { planHash, runId, round, event } = entry.release;
    this.#spent = composeEvents(this.#spent, event);
    if (this.terms.simulationOnly) this.#made.add(canonicalJson({ planHash, runId, round, event }));
  }

  #amend(amendment: Amendment): void {
    this.#terms = amendedTerms(this.#terms, amendment, this.paths.directory);
  }
}

/** @throws {FedwardError} LEDGER_DAMAGED for a second digest */
export function amendedTerms(terms: LedgerTerms, amendment: Amendment, path: string): LedgerTerms {
  if (!('dataDigest' in amendment)) return terms;
  if (terms.dataDigest !== undefined) throw damaged(path, 'it is said to belong to data twice');
  return { ...terms, dataDigest: amendment.dataDigest };
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
