import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { FedwardError, type Witness } from '@fedward/core';
import { openNote, verifierOf, type Signer } from '@fedward/kit-keys';
import { cosign, parseCheckpoint, verifyConsistency } from '@fedward/kit-merkle';
import { assertCosignedBy, assertLoggedBy } from './witness-checks.js';

interface Note {
  who: string;
  size: number;
  root: string;
  checkpoint: string;
}
export async function readWitness(path: string, keys: readonly string[]): Promise<readonly Note[]> {
  const notes = readFileSync(path, 'utf8')
    .split('\n')
    .filter((l) => l !== '')
    .map((l) => JSON.parse(l) as Note);
  for (const { checkpoint } of notes) openNote(checkpoint, keys.map(verifierOf));
  return notes;
}
export async function openWitness(
  path: string,
  { signer, known }: { signer: Signer; known: (who: string) => string | undefined; fsync?: boolean | undefined },
): Promise<Witness> {
  const last = new Map<string, Note>();
  if (existsSync(path))
    for (const l of readFileSync(path, 'utf8')
      .split('\n')
      .filter((x) => x !== '')) {
      const n = JSON.parse(l) as Note;
      last.set(n.who, n);
    }
  const verifier = (who: string) => verifierOf(known(who)!);
  return {
    seen: async (who) => last.get(who)?.size ?? 0,
    async note(who, { checkpoint, grown = [] }) {
      const { size, root } = parseCheckpoint(openNote(checkpoint!, [verifier(who)]).text);
      const before = last.get(who);
      if (before && !(before.size === size && before.root === root)) {
        const proof = grown.find((g) => g.size === before.size)?.proof ?? [];
        if (
          !verifyConsistency({
            firstSize: before.size,
            firstRoot: before.root,
            secondSize: size,
            secondRoot: root,
            proof,
          })
        )
          throw new FedwardError(
            'AUDIT_TAMPERED',
            `the log of ${who} is not the continuation of the one that was noted before`,
            who,
          );
      }
      if (before?.size !== size) {
        const note = { who, size, root, checkpoint: checkpoint! };
        appendFileSync(path, JSON.stringify(note) + '\n', { mode: 0o600 });
        last.set(who, note);
      }
      return cosign(checkpoint!, signer, Math.floor(Date.now() / 1000));
    },
    assertCosigned: (who, checkpoint, cosignature) => assertCosignedBy(verifier(who), checkpoint, cosignature),
    assertLogged: (who, entry) => assertLoggedBy(verifier(who), entry),
  };
}
