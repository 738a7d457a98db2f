import { FedwardError } from '@fedward/core';
import { openNote, signNote } from './note.js';
import { verifierOf, type Signer, type Verifier } from './signer.js';

/** That one key took the place of another of the same name. */
export interface KeyRotation {
  /** The verifier key that no longer signs. */
  readonly from: string;
  /** The verifier key that signs in its place. */
  readonly to: string;
  /** When the statement was made, by the clock of whoever made it: ISO 8601, UTC. */
  readonly time: string;
  /** A note (C2SP signed-note) of all three, signed by both keys. */
  readonly statement: string;
}

/** The first line: no checkpoint of a log has these lines, so that neither can be passed off as the other. */
const title = 'fedward key rotation v1';

/**
 * Says that a key takes another's place: the old one signs for the new, and the new one that it has taken it.
 * @throws {FedwardError} ARGUMENT_INVALID for keys of two names, or one key
 */
export function rotationOf(from: Signer, to: Signer, time: string): KeyRotation {
  if (from.name !== to.name)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `a key of ${to.name} can't take the place of one of ${from.name}`,
      to.name,
    );
  if (from.verifierKey === to.verifierKey)
    throw new FedwardError('ARGUMENT_INVALID', `the key ${from.name} can't take its own place`, to.name);
  const text = `${title}\nfrom ${from.verifierKey}\nto ${to.verifierKey}\ntime ${time}\n`;
  return verifyRotation(signNote(text, from, to));
}

/**
 * What a statement of rotation says. That both keys have signed it is checked; which of them is trusted is the caller's.
 * @throws {FedwardError} MESSAGE_INVALID for what is no such statement; SIGNATURE_INVALID unless both have signed it
 */
export function verifyRotation(statement: string): KeyRotation {
  const lines =
    /^fedward key rotation v1\nfrom (.+)\nto (.+)\ntime (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\n\n/.exec(
      statement,
    );
  if (!lines) throw new FedwardError('MESSAGE_INVALID', 'not a statement of rotation of a key', 'rotation');
  const [, from, to, time] = lines as unknown as [string, string, string, string];
  const [old, next] = [verifierIn(from), verifierIn(to)];
  if (old.name !== next.name || from === to)
    throw new FedwardError(
      'MESSAGE_INVALID',
      `a statement of rotation from ${from} to ${to}: no key rotates so`,
      'rotation',
    );
  const { text, verified } = openNote(statement, [old, next]);
  if (`${text}\n` !== lines[0] || verified.length !== 2)
    throw new FedwardError('SIGNATURE_INVALID', `the rotation of ${old.name} is not signed by both keys`, old.name);
  return { from, to, time, statement };
}

/**
 * The keys that followed each other, from one that is trusted on.
 * @param verifierKey the one that is trusted
 * @param statements of any keys, in any order; those that are not of this chain are checked and left aside
 * @returns it and those after it; the last is the one that signs now
 * @throws {FedwardError} as `verifyRotation`; SIGNATURE_INVALID where two keys are said to follow one, or a key itself: which
 *   is right can't be told
 */
export function followRotations(verifierKey: string, statements: Iterable<string>): Verifier[] {
  const next = new Map<string, string>();
  for (const { from, to } of [...statements].map(verifyRotation)) {
    if (next.has(from) && next.get(from) !== to)
      throw ambiguous(from, `two keys are said to follow ${from}, ${next.get(from)} and ${to}: one of them is forged`);
    next.set(from, to);
  }
  const chain = [verifierKey];
  for (let key = next.get(verifierKey); key !== undefined; key = next.get(key)) {
    if (chain.includes(key)) throw ambiguous(key, `the key ${key} is said to follow itself`);
    chain.push(key);
  }
  return chain.map(verifierOf);
}

function verifierIn(key: string): Verifier {
  try {
    return verifierOf(key);
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', 'a statement of rotation has no verifier key in it', 'rotation', {
      cause,
    });
  }
}

function ambiguous(key: string, why: string): FedwardError {
  return new FedwardError('SIGNATURE_INVALID', why, key);
}
