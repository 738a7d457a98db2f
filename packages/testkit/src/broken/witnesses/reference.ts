import { createHmac } from 'node:crypto';
import { canonicalJson, FedwardError, sha256 } from '@fedward/core';
import type { AccountableLog, AuditEvent, AuditHead, EntryProof, Growth, Witness } from '@fedward/core';
import type { WitnessUnderTest } from '../../witness.js';

/** Signatures by secrets that all who check them share: enough for a suite, and for nothing else. */
export function signed(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** The root over the first entries: a hash over theirs, so that growth is shown by all of them. */
function rootOf(hashes: readonly string[]): string {
  return sha256(canonicalJson(hashes));
}

/** A log whose proofs are all of its hashes. */
export class Log implements AccountableLog {
  readonly verifierKey = 'log';
  protected readonly entries: string[] = [];

  constructor(protected readonly key: string) {}

  protected get hashes(): string[] {
    return this.entries.map((entry) => sha256(entry));
  }

  async append(event: AuditEvent) {
    const index = this.entries.push(canonicalJson({ event, index: this.entries.length })) - 1;
    return { index, root: rootOf(this.hashes) };
  }

  protected checkpoint(): string {
    const text = `log\n${this.entries.length}\n${rootOf(this.hashes)}\n`;
    return `${text}\n${signed(this.key, text)}\n`;
  }

  async head(known: readonly number[] = []): Promise<AuditHead | null> {
    if (this.entries.length === 0) return null;
    const grown = known.map((size): Growth => ({ size, proof: this.hashes }));
    const root = rootOf(this.hashes);
    return { index: this.entries.length - 1, root, checkpoint: this.checkpoint(), grown };
  }

  async prove(index: number): Promise<EntryProof> {
    const entry = this.entries[index];
    if (entry === undefined) throw new FedwardError('ARGUMENT_INVALID', `there is no entry ${index}`, 'index');
    return { entry, proof: `${index}\n${this.hashes.join(' ')}\n${this.checkpoint()}` };
  }

  async close(): Promise<void> {}
}

/** What a witness keeps, which outlives it. */
export type Notes = Map<string, { readonly size: number; readonly root: string }>;

/** A witness that trusts one key. */
export class ReferenceWitness implements Witness {
  constructor(
    protected readonly own: string,
    protected readonly trusted: string,
    protected readonly notes: Notes,
  ) {}

  async seen(who: string): Promise<number> {
    return this.notes.get(who)?.size ?? 0;
  }

  async note(who: string, head: AuditHead): Promise<string> {
    const { size, root } = this.opened(head.checkpoint);
    if (size !== head.index + 1 || root !== head.root) tampered('the head is not the one of its checkpoint');
    const last = this.notes.get(who);
    if (last) this.assertGrown(last, { size, root }, head.grown ?? []);
    this.notes.set(who, { size, root });
    return signed(this.own, head.checkpoint!);
  }

  assertCosigned(who: string, checkpoint: string, cosignature: string): void {
    if (cosignature !== signed(who, checkpoint))
      throw new FedwardError('SIGNATURE_INVALID', `${who} has not cosigned it`);
  }

  assertLogged(_who: string, { entry, proof }: EntryProof): void {
    const [index, hashes = '', ...checkpoint] = proof.split('\n');
    const { root } = this.opened(checkpoint.join('\n'));
    const listed = hashes.split(' ');
    if (rootOf(listed) !== root || listed[Number(index)] !== sha256(entry)) tampered('it is not in the log');
  }

  protected opened(checkpoint: string | undefined): { size: number; root: string } {
    const [text, signature] = checkpoint?.split('\n\n') ?? [];
    if (text === undefined || signature !== `${signed(this.trusted, `${text}\n`)}\n`)
      throw new FedwardError('SIGNATURE_INVALID', 'the head is not signed by whom it should be');
    const [, size, root] = text.split('\n');
    return { size: Number(size), root: root! };
  }

  protected assertGrown(
    last: { readonly size: number; readonly root: string },
    now: { readonly size: number; readonly root: string },
    grown: readonly Growth[],
  ): void {
    if (now.size < last.size) tampered('the log has become shorter');
    if (now.size === last.size && now.root === last.root) return;
    const hashes = grown.find(({ size }) => size === last.size)?.proof ?? [];
    if (rootOf(hashes) !== now.root || rootOf(hashes.slice(0, last.size)) !== last.root)
      tampered('the log does not go on from where it was noted');
  }
}

function tampered(why: string): never {
  throw new FedwardError('AUDIT_TAMPERED', why);
}

/** Logs and witnesses of these classes. */
export function using(WitnessClass = ReferenceWitness, LogClass = Log) {
  return async (): Promise<WitnessUnderTest> => {
    const notes: Notes = new Map();
    return {
      witness: new WitnessClass('first', 'trusted', notes),
      who: 'hospital-1',
      log: new LogClass('trusted'),
      anew: new LogClass('trusted'),
      strange: new LogClass('unknown'),
      other: new ReferenceWitness('second', 'trusted', new Map()),
      seenAs: 'first',
      reopen: async () => new WitnessClass('first', 'trusted', notes),
    };
  };
}

export const referenceWitness = using();
