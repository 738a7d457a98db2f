import { coordinator, wordsOf } from '@fedward/core';
import { verifierOf } from '@fedward/kit-keys';
import { hospitalName } from './hospital-name.js';
import type { RunEvidence } from './run-evidence.js';
import type { RunFault } from './run-fault.js';
import { keyNameOf, verifierKeysIn } from './run-keys.js';

/**
 * Whether `keys.txt` lists the keys that the parties said as the run began, and no others, and those that were given.
 * @param given keys that are trusted, where someone has given them
 */
export function verifyKeyList({ contents, logged }: RunEvidence, given: readonly string[] | undefined): RunFault[] {
  const file = 'keys.txt';
  const bytes = contents.get(file);
  const silent = silentParties(logged, given ?? []);
  if (!bytes) return logged.keys.size > 0 ? [...silent, { file, message: 'the file is missing' }] : silent;
  const listed = verifierKeysIn(bytes.toString('utf8'));
  const faults: string[] = [];
  for (const key of listed) {
    try {
      verifierOf(key);
    } catch (error) {
      faults.push(wordsOf(error));
    }
    if (given && !given.includes(key)) faults.push(`the key ${key} is none of those that were given`);
  }
  const names = listed.map((key) => key.slice(0, key.indexOf('+')));
  if (names.filter((name) => name === coordinator).length !== 1)
    faults.push('it does not list one key of the coordinator');
  for (const [id, key] of logged.keys) {
    if (!key.startsWith(`${keyNameOf(id)}+`)) faults.push(`${id} said the key ${key}, which is not called as it is`);
    if (!listed.includes(key)) faults.push(`the key that ${id} said as the run began is not listed: ${key}`);
  }
  return [...silent, ...faults.map((message) => ({ file, message }))];
}

/**
 * Who took part, as the server says, has a key that was given, and shows nothing that it signed: a server could tell of a
 * run as it likes once all that hospitals have of it were taken away.
 */
function silentParties({ keys, parties }: RunEvidence['logged'], given: readonly string[]): RunFault[] {
  return [...parties]
    .filter((id) => !keys.has(id) && given.some((key) => key.startsWith(`${keyNameOf(id)}+`)))
    .map((id) => ({
      file: `hospitals/${hospitalName(id)}/audit`,
      message: `a key of ${id} was given, and the run has nothing that it signed`,
    }));
}
