import { formatEntryProof, proveEntry } from '@fedward/audit';
import { writeFileAtomic } from '@fedward/kit-files';
import { note, printLine, printLines } from '../terminal/output.js';
import { assertOutside } from './assert-outside.js';
import { findLog } from './find-log.js';

/** Writes an entry of a log with the proof that it is in there, for someone who has the log's public key and not the log. */
export async function proveAction(dir: string, index: number, { out }: { readonly out?: string }): Promise<void> {
  const { log: directory } = await findLog(dir);
  if (out !== undefined) assertOutside(directory, out);
  const proven = await proveEntry(directory, index);
  const text = formatEntryProof(proven);
  // The signatures of a checkpoint follow its text: lines that begin with a dash (C2SP signed-note).
  if (!/^\u2014 /m.test(proven.proof))
    note('The log is not signed: who checks the proof must know the root in it from elsewhere.');
  if (out === undefined) return printLines(text.trimEnd());
  await writeFileAtomic(out, text);
  printLine(`Entry ${index} and the proof that it is in ${directory} are in ${out}.`);
}
