import {
  createKey,
  keyIdText,
  listKeys,
  readKey,
  readRotations,
  rotateKey,
  verifierOf,
  verifyRotation,
  type KeyInfo,
} from '@fedward/kit-keys';
import { note, printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';
import { keysFolder } from './keys-folder.js';
import type { SignerFlags } from './open-signer.js';
import { newPassphrase, passphraseOf, type Terminal } from './passphrase.js';

/** What all commands of keys take. */
export interface KeysFlags extends SignerFlags {
  readonly json?: boolean;
}

export async function newAction(
  name: string,
  { keys, passphraseFile, json }: KeysFlags,
  terminal: Terminal = process,
): Promise<void> {
  const passphrase = await newPassphrase(name, passphraseFile, terminal);
  const key = await createKey({ directory: keysFolder(keys), name, passphrase });
  if (json) return printJson(key);
  printLine(`made the key ${name}`);
  show(key);
  note(
    'Hand the verifier key to the others by a channel of your own, such as a call: whoever can change it on its way can sign ' +
      'in your name. The private file is yours alone.',
  );
}

/** @returns the exit code: 1 where a file can't be used */
export async function listAction({ keys, json }: KeysFlags): Promise<0 | 1> {
  const directory = keysFolder(keys);
  const found = await listKeys(directory);
  if (json) printJson({ directory, ...found });
  else if (found.keys.length + found.faults.length === 0) printLine(`no keys in ${directory}`);
  else {
    if (found.keys.length > 0)
      printTable(
        ['Name', 'Key id', 'Made', 'Passphrase', 'File'],
        found.keys.map(({ name, verifierKey, created, encrypted, path }) => [
          ...[name, keyIdText(verifierOf(verifierKey)), created, encrypted ? 'yes' : 'no', path],
        ]),
      );
    for (const { code, message } of found.faults) printLine(`CAN'T BE USED: ${code}: ${message}`);
  }
  return found.faults.length > 0 ? 1 : 0;
}

export async function showAction(name: string, { keys, json }: KeysFlags): Promise<void> {
  const directory = keysFolder(keys);
  const key = await readKey(directory, name);
  const rotations = (await readRotations(directory, name)).map(verifyRotation);
  rotations.sort((a, b) => (a.time < b.time ? -1 : 1));
  if (json) return printJson({ ...key, rotations });
  printLine(`the key ${name}, made ${key.created}`);
  show(key);
  for (const { from, to, time } of rotations)
    printLine(`  rotated ${time}: ${keyIdText(verifierOf(from))} to ${keyIdText(verifierOf(to))}`);
}

export async function rotateAction(
  name: string,
  { keys, passphraseFile, newPassphraseFile, json }: KeysFlags & { readonly newPassphraseFile?: string },
  terminal: Terminal = process,
): Promise<void> {
  const directory = keysFolder(keys);
  const { encrypted } = await readKey(directory, name);
  const made = await rotateKey({
    directory,
    name,
    passphrase: () => passphraseOf(name, passphraseFile, terminal),
    newPassphrase: () =>
      newPassphrase(name, newPassphraseFile ?? passphraseFile, terminal, encrypted ? 'that of the old key' : 'none'),
  });
  if (json) return printJson(made);
  printLine(
    made.resumed
      ? `finished a rotation of the key ${name} that was broken off; its passphrase is the one that was given then`
      : `rotated the key ${name}`,
  );
  show(made);
  printLine(`  in the place of ${made.rotation.from}`);
  note(
    'The old private key is gone. The statement of rotation beside the key is signed by both: whoever trusts the old verifier ' +
      'key can check the new one by it.',
  );
}

function show({ verifierKey, encrypted, path, publicPath }: KeyInfo): void {
  printLine(`  verifier key: ${verifierKey}`);
  printLine(`  for others: ${publicPath}`);
  printLine(`  private: ${path} (${encrypted ? 'encrypted by a passphrase' : 'protected by its rights alone'})`);
}
