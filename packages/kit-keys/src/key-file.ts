import { createPrivateKey, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { canonicalJson, FedwardError, fileReason } from '@fedward/core';
import { hasErrno } from '@fedward/kit-files';
import * as z from 'zod';
import { decrypt, encrypt, methodSchema, newMethod, type ScryptCost } from './encryption.js';
import { signerOf, verifierOf, type Signer } from './signer.js';

/** A passphrase, or how to come by it: asked for where one is needed, and not before. */
export type Passphrase = string | (() => string | Promise<string>);

const plain = z.strictObject({ encoding: z.literal('pkcs8'), value: z.base64() });
const encrypted = z.strictObject({ ...methodSchema.shape, value: z.base64() });

const schema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  type: z.literal('ed25519'),
  /** ISO 8601, UTC. */
  created: z.iso.datetime(),
  verifierKey: z.string(),
  private: z.union([plain, encrypted]),
});

/** A key as its file has it. */
export type KeyFile = z.output<typeof schema>;

const fewestCharacters = 8;
const mostBytes = 2 ** 16;

/**
 * The text of a key's file.
 * @param passphrase without one the private half is in the clear
 * @throws {FedwardError} CONFIG_INVALID (`passphrase`) for one of fewer than eight characters
 */
export async function keyFileText(
  name: string,
  privateKey: KeyObject,
  created: string,
  passphrase?: string,
  cost?: ScryptCost,
): Promise<string> {
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const { verifierKey } = signerOf(name, privateKey);
  const header = { version: 1, name, type: 'ed25519', created, verifierKey } as const;
  if (passphrase === undefined)
    return written({ ...header, private: { encoding: 'pkcs8', value: pkcs8.toString('base64') } });
  if ([...passphrase].length < fewestCharacters)
    throw new FedwardError('CONFIG_INVALID', `a passphrase has ${fewestCharacters} characters at least`, 'passphrase');
  const method = newMethod(cost);
  const value = await encrypt(pkcs8, passphrase, method, canonicalJson({ ...header, private: method }));
  return written({ ...header, private: { ...method, value } });
}

function written(file: KeyFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * A key's file, its private half not looked at.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; KEY_EXPOSED for a file that others than its owner may read or write
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const text = await readPrivate(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw noKey(path, 'it is not JSON', cause); // the parser's words may quote it
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw noKey(path, z.prettifyError(parsed.error));
  if (nameIn(parsed.data.verifierKey, path) !== parsed.data.name)
    throw noKey(path, 'its verifier key has another name');
  return parsed.data;
}

function nameIn(verifierKey: string, path: string): string {
  try {
    return verifierOf(verifierKey).name;
  } catch (error) {
    throw noKey(path, error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * Who signs by the key in a file.
 * @throws {FedwardError} as `readKeyFile`; CONFIG_INVALID (`passphrase`) where it is encrypted and the passphrase is missing
 *   or another
 */
export async function readSigner(path: string, options: { readonly passphrase?: Passphrase } = {}): Promise<Signer> {
  const file = await readKeyFile(path);
  const pkcs8 = await privateHalf(path, file, options.passphrase);
  let signer: Signer;
  try {
    signer = signerOf(file.name, createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }));
  } catch (cause) {
    throw noKey(path, 'its private half is no Ed25519 key', cause);
  }
  if (signer.verifierKey !== file.verifierKey)
    throw noKey(path, 'its private half is of another key than its public one');
  return signer;
}

async function privateHalf(path: string, file: KeyFile, passphrase: Passphrase | undefined): Promise<Uint8Array> {
  const { private: half, ...header } = file;
  if (half.encoding === 'pkcs8') return Buffer.from(half.value, 'base64');
  const given = typeof passphrase === 'function' ? await passphrase() : passphrase;
  const refuse = (why: string, cause?: unknown): FedwardError =>
    new FedwardError('CONFIG_INVALID', `can't open the key ${file.name} in ${path}: ${why}`, 'passphrase', { cause });
  if (given === undefined) throw refuse('it is encrypted, and there is no passphrase');
  const { value, ...method } = half;
  return decrypt(value, given, method, canonicalJson({ ...header, private: method })).catch((error: unknown) => {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  });
}

/** The mode is that of the file which is read, whatever is put in its place meanwhile. */
export async function readPrivate(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY).catch((cause: unknown) => {
    const code = hasErrno(cause, 'ENOENT') ? 'FILE_NOT_FOUND' : 'FILE_INVALID';
    throw new FedwardError(code, `can't read the key ${path}: ${fileReason(cause)}`, path, { cause });
  });
  try {
    const { mode, size } = await file.stat();
    // Windows keeps rights in lists, of which a mode says nothing.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw new FedwardError(
        'KEY_EXPOSED',
        `the private key ${path} may be read or written by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it; if ` +
          'others were on this machine, make a new key (fedward keys rotate)',
        path,
      );
    if (size > mostBytes) throw noKey(path, 'it is larger than 64 KiB');
    return await file.readFile('utf8').catch((cause: unknown) => {
      throw noKey(path, fileReason(cause), cause);
    });
  } finally {
    await file.close();
  }
}

function noKey(path: string, why: string, cause?: unknown): FedwardError {
  return new FedwardError('FILE_INVALID', `${path} is no file of a key: ${why}`, path, { cause });
}
