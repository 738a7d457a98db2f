import { faultAt } from './findings.js';
import type { AuditFault } from './fault.js';
import type { LogKeys } from './keys.js';
import { headFault, type Noted, type Snapshot } from './snapshot.js';

/** Checks what a log says of itself against what is in it: roots and signatures, of each head that it has. */
export function* faultsOfHeads(
  { base, head, checkpoint, journal }: Snapshot,
  roots: ReadonlyMap<number, string>,
  keys: LogKeys,
): Generator<AuditFault> {
  const wrong = (note: Noted): string | undefined => {
    if (roots.get(note.size) !== note.root) return misfit(note);
    if (note.origin !== head.origin && note.note.includes('\n\n')) return `it is of another log: ${note.origin}`;
    if (head.size === 0) return undefined; // no entry has named a key yet: a writer was stopped before its first
    return keys.faultOf(note);
  };
  if (!checkpoint && base.size > 0) yield headFault('the file is missing');
  if (checkpoint && checkpoint.size < base.size) yield headFault('it is older than the journal');
  const message = checkpoint && wrong(checkpoint);
  if (message !== undefined) yield headFault(message);
  if (!journal) return;
  const why = wrong(base);
  if (why !== undefined) yield faultAt({ file: 'journal', index: base.size, byteOffset: 0 }, why);
  for (const { value, offset, count } of journal.commits) {
    const size = base.size + count;
    const origin = value.slice(0, value.indexOf('\n'));
    const reason = wrong({ note: value, origin, size, root: roots.get(size) ?? '' });
    if (reason !== undefined) yield faultAt({ file: 'journal', index: size - 1, byteOffset: offset }, reason);
  }
}

export function misfit({ size, root }: Pick<Noted, 'size' | 'root'>): string {
  return `it does not fit the log, of which it says ${size} entries and root ${root}`;
}
