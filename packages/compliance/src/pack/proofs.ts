import { isFedwardError } from '@fedward/core';
import { readNote } from '@fedward/kit-keys';
import { leafHash, parseCheckpoint, parseProof, verifyInclusion } from '@fedward/kit-merkle';
import type { PackFault } from './fault.js';

/**
 * What is wrong with the proofs of a pack: an entry that is not in the log whose head its proof has. That the head is the one
 * that somebody noted, or signed by whom it should be, is looked at where the log or its keys are known.
 */
export function proofFaults(files: ReadonlyMap<string, Uint8Array>): PackFault[] {
  return [...files].flatMap(([file, content]) => {
    const match = /^proofs\/(.+)\.tlog-proof$/.exec(file);
    if (!match) return [];
    const entry = files.get(`proofs/${match[1]}.json`);
    const message = entry ? faultOf(entry, Buffer.from(content).toString('utf8')) : 'there is no entry beside it';
    return message === undefined ? [] : [{ file, message }];
  });
}

function faultOf(entry: Uint8Array, text: string): string | undefined {
  try {
    const { index, proof, checkpoint } = parseProof(text);
    const { size, root } = parseCheckpoint(textOf(checkpoint));
    const holds = verifyInclusion({ leafHash: leafHash(entry), index, size, proof, root });
    return holds ? undefined : 'the entry beside it is not in the log whose head it has';
  } catch (error) {
    if (!isFedwardError(error)) throw error;
    return error.message;
  }
}

/** The head of a log that is not signed has no signatures under it. */
function textOf(checkpoint: string): string {
  return checkpoint.includes('\n\n') ? readNote(checkpoint).text : checkpoint;
}
