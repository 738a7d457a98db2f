import { Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { FedwardError } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { note } from '../terminal/output.js';

/** What a person types at, as `process` has it. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}

/**
 * A passphrase from a file or the environment; never from the command line, which every user of a machine can list.
 * @returns undefined where there is neither
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID
 */
export async function givenPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env['FEDWARD_PASSPHRASE'] || undefined;
  const text = new TextDecoder().decode(await readBytes(file, { option: '--passphrase-file', mostBytes: 2 ** 16 }));
  const [first = ''] = text.split(/\r?\n/, 1);
  if (first === '') throw new FedwardError('FILE_INVALID', `${file}: its first line, the passphrase, is empty`, file);
  return first;
}

/** The passphrase of a key that is there: given, or else asked for where somebody can type. */
export async function passphraseOf(name: string, file: string | undefined, terminal: Terminal): Promise<string> {
  const given = await givenPassphrase(file);
  if (given !== undefined) return given;
  if (!terminal.stdin.isTTY)
    throw new FedwardError(
      'CONFIG_INVALID',
      `the key ${name} is encrypted: give its passphrase by --passphrase-file or FEDWARD_PASSPHRASE`,
      'passphrase',
    );
  return askUnseen(`Passphrase of the key ${name}: `, terminal);
}

/** One for all keys that are encrypted, asked for where the first of them is met. */
export function passphraseOnce(name: string, file: string | undefined): () => Promise<string> {
  let asked: Promise<string> | undefined;
  return () => (asked ??= passphraseOf(name, file, process));
}

/**
 * A passphrase for a new key; undefined for none, which nobody at a terminal chooses unasked.
 * @param otherwise what it means that none is typed
 */
export async function newPassphrase(
  name: string,
  file: string | undefined,
  terminal: Terminal,
  otherwise = 'none',
): Promise<string | undefined> {
  const given = await givenPassphrase(file);
  if (given !== undefined || !terminal.stdin.isTTY) return given;
  const first = await askUnseen(`New passphrase of the key ${name} (empty: ${otherwise}): `, terminal);
  if (first === '') return undefined;
  if ((await askUnseen('The same again: ', terminal)) === first) return first;
  throw new FedwardError('CONFIG_INVALID', 'the two passphrases differ: nothing was done', 'passphrase');
}

/** Asks on stderr, so that stdout stays clean. What is typed is not shown. @throws {FedwardError} ABORTED for Ctrl-C */
export async function askUnseen(question: string, { stdin }: Terminal): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve);
      reader.once('SIGINT', () => reject(new FedwardError('ABORTED', 'stopped; nothing was done')));
      reader.once('close', () => reject(new FedwardError('ABORTED', 'nothing was typed; nothing was done')));
    });
  } finally {
    reader.close();
    note('');
  }
}
