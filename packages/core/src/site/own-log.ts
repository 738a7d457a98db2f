import type { JsonObject } from '../base/json.js';
import { coordinator, isAccountable } from '../interfaces/audit.js';
import type { AuditEventType, AuditHead, AuditReceipt, AuditSink, EntryProof, Witness } from '../interfaces/audit.js';
import type { Task } from '../interfaces/messages.js';
import { FedwardError } from '../base/errors.js';
import type { Place } from './place.js';

/** What a site tells of its log with an answer. */
export interface Vouched {
  readonly head?: AuditHead;
  readonly entry?: EntryProof;
  readonly cosignature?: string;
}

/** Whose log it is, and what else it is kept with. */
export interface OwnLogOptions {
  readonly clientId: string;
  readonly audit: AuditSink | undefined;
  /** True where the log is the server's as well: where it stands is no news there. */
  readonly shared: boolean;
  readonly witness: Witness | undefined;
  readonly now: () => string;
}

/** A site's own log, and what it keeps of the server's. */
export class OwnLog {
  #head: AuditReceipt | null = null;

  constructor(private readonly options: OwnLogOptions) {}

  /** True where the log is signed, so that what is in it can be shown to others. */
  get vouches(): boolean {
    return isAccountable(this.options.audit);
  }

  async log(place: Place, type: AuditEventType, details: JsonObject): Promise<AuditReceipt | undefined> {
    const { audit, shared, now, clientId } = this.options;
    const { runId, round } = place;
    const event = { type, time: now(), runId, ...(round !== undefined && { round }), clientId, details };
    const receipt = await audit?.append(event);
    if (receipt && !shared) this.#head = { index: receipt.index, root: receipt.root };
    return receipt;
  }

  /** Where the log stands; null without one of its own. @param noted at how many entries the reader knows it */
  async head(noted = 0): Promise<AuditHead | null> {
    const { audit } = this.options;
    return isAccountable(audit) ? audit.head(noted > 0 ? [noted] : []) : this.#head;
  }

  /** For `describe`. */
  async introduction(): Promise<{ head: AuditHead | null; verifierKey?: string; seen?: number }> {
    const { audit, witness } = this.options;
    return {
      head: await this.head(),
      ...(isAccountable(audit) && { verifierKey: audit.verifierKey }),
      ...(witness && { seen: await witness.seen(coordinator) }),
    };
  }

  /**
   * Notes where the server's log stands.
   * @returns the site's cosignature; undefined for a site that is no witness
   * @throws {FedwardError} AUDIT_TAMPERED, SIGNATURE_INVALID
   */
  async witnessed({ head }: Pick<Task, 'head'>): Promise<string | undefined> {
    const { witness, clientId } = this.options;
    if (!witness) return undefined;
    if (head?.checkpoint === undefined)
      throw new FedwardError(
        'AUDIT_TAMPERED',
        `${clientId} was sent a task without a signed head of the server's log`,
        clientId,
      );
    return witness.note(coordinator, head);
  }

  /** What goes with an answer. @param index of the entry that it is in, if of any */
  async vouched(
    { noted }: Pick<Task, 'noted'>,
    index: number | undefined,
    cosignature: string | undefined,
  ): Promise<Vouched> {
    const { audit } = this.options;
    const head = await this.head(noted);
    return {
      ...(head && { head }),
      ...(index !== undefined && isAccountable(audit) && { entry: await audit.prove(index) }),
      ...(cosignature !== undefined && { cosignature }),
    };
  }
}
