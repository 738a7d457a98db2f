import { sha256 } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import type { AccountableLog, AuditEvent, AuditHead, EntryProof, Witness } from '../interfaces/audit.js';

/** A log that answers for itself, its hashes a chain and its signatures a word: who knows the name can make them. */
export function fakeAccountableLog(name: string): AccountableLog & { readonly events: AuditEvent[] } {
  const events: AuditEvent[] = [];
  const roots = [sha256('')];
  return {
    events,
    verifierKey: `key of ${name}`,
    async append(event) {
      const root = sha256(roots.at(-1)! + canonicalJson(event));
      roots.push(root);
      return { index: events.push(structuredClone(event)) - 1, root };
    },
    async head(known = []) {
      if (events.length === 0) return null;
      const grown = known.map((size) => ({ size, proof: [roots[size]!] }));
      return {
        index: events.length - 1,
        root: roots.at(-1)!,
        checkpoint: checkpointOf(name, events.length, roots.at(-1)!),
        grown,
      };
    },
    async prove(index) {
      const entry = canonicalJson({ event: events[index]!, index });
      return { entry, proof: `${name} has ${sha256(entry)}` };
    },
    close: async () => undefined,
  };
}

function checkpointOf(name: string, size: number, root: string): string {
  return `${name}\n${size}\n${root}\n\nsigned by ${name}\n`;
}

/** A witness that shares those words; `noted` is what it keeps. */
export function fakeWitness(own: string): Witness & { readonly noted: Map<string, { size: number; root: string }[]> } {
  const noted = new Map<string, { size: number; root: string }[]>();
  const refuse = (why: string, code = 'AUDIT_TAMPERED'): never => {
    throw new FedwardError(code, why);
  };
  return {
    noted,
    seen: async (who) => noted.get(who)?.at(-1)?.size ?? 0,
    async note(who, { index, root, checkpoint, grown = [] }: AuditHead) {
      const size = index + 1;
      if (!checkpoint?.includes(`\n${size}\n${root}\n\nsigned by `))
        refuse(`the head of ${who} is not signed`, 'SIGNATURE_INVALID');
      const last = noted.get(who)?.at(-1);
      if (last && !grown.some((growth) => growth.size === last.size && growth.proof[0] === last.root))
        refuse(`the log of ${who} does not go on from ${last.size} entries`);
      if (last && size < last.size) refuse(`the log of ${who} has become shorter`);
      noted.set(who, [...(noted.get(who) ?? []), { size, root }]);
      return `${own} has seen ${sha256(checkpoint!)}\n`;
    },
    assertCosigned(who, checkpoint, cosignature) {
      if (cosignature !== `${who} has seen ${sha256(checkpoint)}\n`)
        refuse(`${who} has not cosigned`, 'SIGNATURE_INVALID');
    },
    assertLogged(who, { entry, proof }: EntryProof) {
      if (proof !== `${who} has ${sha256(entry)}`) refuse(`it is not in the log of ${who}`);
    },
  };
}
