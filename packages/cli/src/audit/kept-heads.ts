import { readWitness } from '@fedward/audit';
import { FedwardError } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { readNote } from '@fedward/kit-keys';

/**
 * Heads that someone has kept: a signed checkpoint, or all that a witness has noted.
 * @returns signed notes
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for a file that is neither; AUDIT_TAMPERED for a witness's that is damaged
 */
export async function keptHeads(files: readonly string[]): Promise<string[]> {
  const heads: string[] = [];
  for (const path of files) {
    const text = new TextDecoder().decode(await readBytes(path, { option: '--head' }));
    if (text.startsWith('{')) {
      for (const { checkpoint, cosignature } of await readWitness(path)) heads.push(checkpoint + cosignature);
      continue;
    }
    try {
      readNote(text);
    } catch (cause) {
      throw new FedwardError('FILE_INVALID', `--head: ${path} is no signed checkpoint`, path, { cause });
    }
    heads.push(text);
  }
  return heads;
}

/** Of which log a head is. */
export function originOf(head: string): string {
  return head.slice(0, head.indexOf('\n'));
}
