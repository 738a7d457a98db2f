import { FedwardError } from '../base/errors.js';
import type { Json, JsonObject } from '../base/json.js';
import { isAccountable } from '../interfaces/audit.js';
import type { AccountableLog, AuditHead, AuditReceipt, AuditSink, EntryProof, Witness } from '../interfaces/audit.js';
import type { CertificateStore, RoundCertificate } from '../interfaces/certificate.js';
import type { SiteDescription } from '../interfaces/description.js';
import type { Task, Update } from '../interfaces/messages.js';
import { digestTensors } from '../parameters/parameters.js';
import type { Introductions } from './introductions.js';
import type { RunLog } from './run-log.js';

/** Heads that a site was sent without an answer, of which it may have noted any. */
const mostUnanswered = 64;

/** What a task says of logs. */
type Shown = Pick<Task, 'head' | 'noted' | 'cosignature'>;

/** What a site showed with an answer that came in. */
interface Answered {
  readonly digest: string;
  readonly entry?: EntryProof;
  readonly head?: AuditReceipt;
}

/** What of a run its accounts hang on. */
export interface AccountsOf {
  readonly audit: AuditSink | undefined;
  readonly witness: Witness | undefined;
  readonly certificates: CertificateStore | undefined;
}

/** What server and sites show each other of their logs, and the certificates of rounds that come of it. */
export class Accounts {
  /** By site, the sizes of this log that it may have noted last: it may not have got what it was sent. */
  readonly #told = new Map<string, readonly number[]>();
  /** Cosignatures of sites' heads that they have not been sent yet. */
  readonly #owed = new Map<string, string>();
  /** By site, of answers that no round has taken yet. */
  readonly #answers = new Map<string, Answered>();
  /** By checkpoint, the sites' lines under it. */
  #cosigned = new Map<string, string[]>();
  readonly #accountable: AccountableLog | undefined;

  constructor(
    private readonly options: AccountsOf,
    private readonly log: RunLog,
    private readonly introductions: Introductions,
  ) {
    this.#accountable = isAccountable(options.audit) ? options.audit : undefined;
  }

  /** What a task to this site says of logs. */
  async shownTo(id: string): Promise<Shown> {
    const noted = await this.options.witness?.seen(id);
    const cosignature = this.#owed.get(id);
    const head = await this.#headFor(id);
    return {
      ...(head && { head }),
      ...(noted !== undefined && { noted }),
      ...(cosignature !== undefined && { cosignature }),
    };
  }

  async #headFor(id: string): Promise<AuditHead | undefined> {
    if (!this.#accountable) return this.log.head;
    let told = this.#told.get(id) ?? seenOf(this.introductions.of(id));
    // One that was sent so many and has answered none is asked, so that what it is sent stays small.
    if (told.length >= mostUnanswered) told = seenOf(await this.introductions.again(id));
    const head = await this.#accountable.head(told);
    if (!head) return undefined;
    this.#told.set(id, [...told.filter((size) => size !== head.index + 1), head.index + 1]);
    return head;
  }

  /**
   * Looks at what came with an answer, and keeps it.
   * @throws {FedwardError} AUDIT_TAMPERED or SIGNATURE_INVALID naming the site
   */
  async heard(update: Update, asked: Pick<Task, 'planHash' | 'head'>): Promise<void> {
    const { clientId: id, head, entry, cosignature } = update;
    const { witness, certificates } = this.options;
    if (witness) {
      if (head?.checkpoint === undefined || !entry) throw tampered(id, 'came without a signed head of its log');
      witness.assertLogged(id, entry);
      this.#owed.set(id, await witness.note(id, head));
      const checkpoint = asked.head?.checkpoint;
      if (cosignature === undefined || checkpoint === undefined) throw tampered(id, 'came without a cosignature');
      witness.assertCosigned(id, checkpoint, cosignature);
      this.#cosigned.set(checkpoint, [...(this.#cosigned.get(checkpoint) ?? []), cosignature]);
    }
    this.noted(id, asked);
    if (!certificates) return;
    const digest = digestTensors(update.payload);
    if (entry) assertOfUpdate(entry, { ...update, planHash: asked.planHash, digest });
    const at = head && { head: { index: head.index, root: head.root } };
    this.#answers.set(id, { digest, ...(entry && { entry }), ...at });
  }

  /** A site that has answered has noted the head that it was sent: it knows no older one any more. */
  noted(id: string, { head }: Pick<Task, 'head'>): void {
    const told = this.#told.get(id);
    if (head && told) this.#told.set(id, told.filter((size) => size > head.index)); // prettier-ignore
  }

  /** Logs what a round came to, and writes its certificate. */
  async certify(runId: string, round: number, participants: readonly string[], details: JsonObject): Promise<void> {
    const { certificates } = this.options;
    if (!certificates || !this.#accountable) return;
    const answered = participants.flatMap((id) => {
      const answer = this.#answers.get(id);
      return answer ? [[id, answer] as const] : [];
    });
    const of = (pick: (answer: Answered, id: string) => Json | undefined): JsonObject =>
      Object.fromEntries(
        answered.flatMap(([id, answer]) => {
          const found = pick(answer, id);
          return found === undefined ? [] : [[id, found]];
        }),
      );
    const said: JsonObject = {
      ...details,
      dataSheets: of((_, id) => this.introductions.of(id)?.dataSheet),
      updates: of(({ digest }) => digest),
      heads: of(({ head }) => head && { ...head }),
    };
    const index = await this.log.log({ type: 'round-certified', round, details: said });
    if (index === undefined) return;
    const { verifierKey } = this.#accountable;
    const proved = await this.#accountable.prove(index);
    const certificate: RoundCertificate = {
      ...{ version: 1, runId, round },
      coordinator: { verifierKey, ...proved, ...(keptAside(proved) && { details: said }) },
      sites: answered.flatMap(([id, { entry }]) => {
        const key = this.introductions.of(id)?.verifierKey;
        return entry ? [{ id, ...(key !== undefined && { verifierKey: key }), ...entry }] : [];
      }),
      witnessed: [...this.#cosigned].map(([checkpoint, lines]) => checkpoint + lines.join('')),
    };
    await certificates.write(certificate);
    for (const id of participants) this.#answers.delete(id);
    this.#cosigned = new Map();
  }
}

/** Whether an entry has a digest in the place of its details, which its log keeps elsewhere. */
function keptAside({ entry }: EntryProof): boolean {
  return 'aside' in (JSON.parse(entry) as object);
}

function seenOf(site: Pick<SiteDescription, 'seen'> | undefined): readonly number[] {
  return site?.seen ? [site.seen] : [];
}

/** What a site's own log says of an answer must be said of this one. */
function assertOfUpdate(
  { entry }: EntryProof,
  {
    clientId,
    baseRound,
    planHash,
    digest,
  }: Pick<Update, 'clientId' | 'baseRound'> & { planHash: string; digest: string },
): void {
  const refuse = (): never => {
    throw tampered(clientId, 'is not the one that its log has');
  };
  let logged: { event?: { clientId?: unknown; round?: unknown; details?: Record<string, unknown> } } = {};
  try {
    logged = JSON.parse(entry) as typeof logged;
  } catch {
    refuse();
  }
  const { clientId: id, round, details = {} } = logged.event ?? {};
  if (id !== clientId || round !== baseRound || details['planHash'] !== planHash || details['update'] !== digest)
    refuse();
}

function tampered(id: string, why: string): FedwardError {
  return new FedwardError('AUDIT_TAMPERED', `the answer of ${id} ${why}`, id);
}
