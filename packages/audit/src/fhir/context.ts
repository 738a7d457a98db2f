import type { AuditEvent } from '@fedward/core';
import type { LoggedEntry } from '../export/entry.js';
import { asObject, listIn, textIn } from '../export/details.js';
import { approverOf, keyOf, softwareOf } from '../export/who.js';

/** What a run's earlier entries said, which later ones are to be read with. */
interface RunContext {
  planHash?: string;
  readonly dataSheets: Map<string, string>;
  readonly software: Map<string, readonly string[]>;
}

/** Who writes a log, as its last `log-opened` says. */
interface Writer {
  /** `coordinator`, `site`. */
  readonly role: string | undefined;
  /** Names of keys: the log's own, and that of whoever runs the host. */
  readonly key: string | undefined;
  readonly operator: string | undefined;
  readonly software: readonly string[];
}

const nobody: Writer = { role: undefined, key: undefined, operator: undefined, software: [] };

/**
 * What entries before this one said: plan, data sheets, software, who writes the log, who approved. Memory grows with the
 * number of sites, not with the log.
 */
export class LogContext {
  readonly #runs = new Map<string, RunContext>();
  readonly #approvers = new Map<string, string>();
  /** By log, where entries of several are read as one. */
  readonly #writers = new Map<string, Writer>();
  #log = '';

  /** Also of entries that are not wanted: what is wanted is read with them. */
  learn({ event: { type, runId, clientId, details }, log = '' }: Pick<LoggedEntry, 'event' | 'log'>): void {
    this.#log = log;
    const run = this.#runOf(runId);
    const planHash = textIn(details, 'planHash');
    if (planHash !== undefined && type !== 'approval') run.planHash = planHash;
    if (type === 'log-opened')
      this.#writers.set(log, {
        role: textIn(details, 'role'),
        key: keyOf(details, 'key'),
        operator: keyOf(details, 'operator'),
        software: softwareOf(details),
      });
    if (type === 'key-rotated')
      this.#writers.set(log, { ...this.writer, key: keyOf(details, 'to') ?? this.writer.key });
    if (clientId !== undefined) learnSheet(run, clientId, details);
    if (type === 'run-start' || type === 'run-resume')
      for (const site of listIn(details, 'sites') ?? []) {
        const said = asObject(site) ?? {};
        for (const id of listIn(said, 'ids') ?? []) {
          if (typeof id !== 'string') continue;
          learnSheet(run, id, said);
          run.software.set(id, softwareOf(said));
        }
      }
    if (type === 'approval') {
      const by = approverOf(details);
      const plan = planHash ?? textIn(details, 'plan');
      if (by === undefined || plan === undefined) return;
      if (details['action'] === 'revoke' || details['action'] === 'revoked') this.#approvers.delete(plan);
      else this.#approvers.set(plan, by);
    }
  }

  planHash(runId: string): string | undefined {
    return this.#runs.get(runId)?.planHash;
  }

  /** Digest of the data sheet that a site takes part with. */
  dataSheet(runId: string, clientId: string): string | undefined {
    return this.#runs.get(runId)?.dataSheets.get(clientId);
  }

  /** What runs at a site, or where the log is written. */
  software(runId: string, clientId: string | undefined): readonly string[] {
    const atSite = clientId === undefined ? undefined : this.#runs.get(runId)?.software.get(clientId);
    const writesLog = clientId === undefined || this.writer.role === 'site';
    return atSite ?? (writesLog ? this.writer.software : []);
  }

  /** Who approved the plan of a run last, where the log says so. */
  approver(runId: string): string | undefined {
    const plan = this.planHash(runId);
    return plan === undefined ? undefined : this.#approvers.get(plan);
  }

  /** Who writes the log of the entry that was learnt last, where it says so. */
  get writer(): Writer {
    return this.#writers.get(this.#log) ?? nobody;
  }

  #runOf(runId: string): RunContext {
    let run = this.#runs.get(runId);
    if (!run) this.#runs.set(runId, (run = { dataSheets: new Map(), software: new Map() }));
    return run;
  }
}

function learnSheet(run: RunContext, clientId: string, details: AuditEvent['details']): void {
  const sheet = textIn(details, 'dataSheet');
  if (sheet !== undefined) run.dataSheets.set(clientId, sheet);
}
