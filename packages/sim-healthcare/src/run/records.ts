import {
  type AuditEvent,
  FedwardError,
  memoryClientStore,
  type AccountableLog,
  type AuditSink,
  type ClientStore,
  type SiteLedger,
  type Witness,
} from '@fedward/core';

/** What a hospital of a run has of its own to write in. */
export interface OwnRecord {
  readonly audit: AccountableLog;
  readonly witness: Witness;
}

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
  /** By the hospital's id, in a run whose hospitals have logs of their own. */
  readonly own: ReadonlyMap<string, OwnRecord>;
}

/**
 * The log and the ledgers of a run, for hospitals that are made before either may be opened: nothing is written until the
 * whole run is checked, and what is checked is what runs. Whoever writes before `open` fails, and releases nothing.
 */
export class RunRecords {
  #opened: Opened | undefined;

  /** The run's log. Whoever opened the log closes it. */
  readonly audit: AuditSink = {
    append: async (event) => this.#open(event.type).log.append(this.#ofThisRun(event)),
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
   * @param withLogs true for one whose hospitals have logs of their own
   * @param runId of whose log it is
   */
  constructor(
    private readonly withLedgers: boolean,
    private readonly withLogs = false,
    private readonly runId = '',
  ) {}

  /**
   * @param ledgers one a hospital; undefined for a run without
   * @param store default: for as long as the process lives
   * @param own logs and witnesses, one a hospital, where they have them
   */
  open(
    log: AuditSink,
    ledgers: ReadonlyMap<string, BudgetedLedger> | undefined,
    store: ClientStore = memoryClientStore(),
    own: ReadonlyMap<string, OwnRecord> = new Map(),
  ): void {
    this.#opened = { log, ledgers, store, own };
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

  /** A hospital's own log, and what it keeps of the coordinator's; undefined in a run whose hospitals share a log. */
  ownOf(id: string): OwnRecord | undefined {
    if (!this.withLogs) return undefined;
    const own = (what: string): OwnRecord => {
      const found = this.#open(`${what} of ${id}`).own.get(id);
      if (!found) throw new FedwardError('AUDIT_FAILED', `no log of ${id} was opened`, id);
      return found;
    };
    return {
      audit: {
        get verifierKey() {
          return own('a head').audit.verifierKey;
        },
        append: async (event) => own(event.type).audit.append(this.#ofThisRun(event)),
        head: async (known) => own('a head').audit.head(known),
        prove: async (index) => own('a proof').audit.prove(index),
        close: async () => undefined,
      },
      witness: {
        seen: async (who) => own('a note').witness.seen(who),
        note: async (who, head) => own('a note').witness.note(who, head),
        assertCosigned: (...given) => own('a note').witness.assertCosigned(...given),
        assertLogged: (...given) => own('a note').witness.assertLogged(...given),
      },
    };
  }

  /** What a hospital's ledger may spend in all; undefined before it is open, and without one. */
  budgetOf(id: string): number | undefined {
    return this.#opened?.ledgers?.get(id)?.terms?.budget;
  }

  /** What a hospital refuses before it is asked in any run is of this one all the same. */
  #ofThisRun(event: AuditEvent): AuditEvent {
    return event.runId === '' ? { ...event, runId: this.runId } : event;
  }

  /** @throws {FedwardError} AUDIT_FAILED */
  #open(what: string): Opened {
    if (this.#opened) return this.#opened;
    throw new FedwardError('AUDIT_FAILED', `${what} was to be written, and this run's records are not open`, 'audit');
  }
}
