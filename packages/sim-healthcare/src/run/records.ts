import { FedwardError, memoryClientStore, type AuditSink, type ClientStore, type SiteLedger } from '@fedward/core';

/** A ledger that knows what it may spend. */
export interface BudgetedLedger extends SiteLedger {
  readonly terms?: { readonly budget: number };
}

/** Where the hospitals of a run write: its log, and by the hospital's id the ledgers, in a run that has any. */
interface Opened {
  readonly log: AuditSink;
  readonly ledgers: ReadonlyMap<string, BudgetedLedger> | undefined;
  /** What they remember of a strategy. */
  readonly store: ClientStore;
}

/**
 * The log and the ledgers of a run, for hospitals that are made before either may be opened: nothing is written until the
 * whole run is checked, and what is checked is what runs. Whoever writes before `open` fails, and releases nothing.
 */
export class RunRecords {
  #opened: Opened | undefined;

  /** The run's log. Whoever opened the log closes it. */
  readonly audit: AuditSink = {
    // What a hospital refuses before it is asked in any run is of this one all the same.
    append: async (event) =>
      this.#open(event.type).log.append(event.runId === '' ? { ...event, runId: this.runId } : event),
    close: async () => undefined,
  };

  /** What hospitals remember of a strategy, in the run's folder. */
  readonly store: ClientStore = {
    load: (key, round) => this.#open('a state').store.load(key, round),
    save: (key, round, state) => this.#open('a state').store.save(key, round, state),
    forget: (key, before, but) => this.#open('a state').store.forget(key, before, but),
  };

  /**
   * @param withLedgers true for a run whose hospitals have ledgers on disk
   * @param runId of whose log it is
   */
  constructor(
    private readonly withLedgers: boolean,
    private readonly runId = '',
  ) {}

  /**
   * @param ledgers one a hospital; undefined for a run without
   * @param store default: for as long as the process lives
   */
  open(
    log: AuditSink,
    ledgers: ReadonlyMap<string, BudgetedLedger> | undefined,
    store: ClientStore = memoryClientStore(),
  ): void {
    this.#opened = { log, ledgers, store };
  }

  /** A hospital's ledger; undefined in a run without. */
  ledgerOf(id: string): SiteLedger | undefined {
    if (!this.withLedgers) return undefined;
    return {
      outlivesRuns: true,
      charge: async (charge) => {
        const ledger = this.#open(`a charge of ${id}`).ledgers?.get(id);
        if (!ledger) throw new FedwardError('STORAGE_FAILED', `no ledger of ${id} was opened`, id);
        await ledger.charge(charge);
      },
    };
  }

  /** What a hospital's ledger may spend in all; undefined before it is open, and without one. */
  budgetOf(id: string): number | undefined {
    return this.#opened?.ledgers?.get(id)?.terms?.budget;
  }

  /** @throws {FedwardError} AUDIT_FAILED */
  #open(what: string): Opened {
    if (this.#opened) return this.#opened;
    throw new FedwardError('AUDIT_FAILED', `${what} was to be written, and this run's records are not open`, 'audit');
  }
}
