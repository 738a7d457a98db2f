import { canonicalJson, FedwardError } from '@fedward/core';
import { createFileAtomic } from '@fedward/kit-files';
import * as z from 'zod';
import { decrypt, encrypt, methodSchema, newMethod } from './encryption.js';
import { readPrivate, type Passphrase } from './key-file.js';

const plain = z.strictObject({ encoding: z.literal('utf8'), value: z.string() });
const encrypted = z.strictObject({ ...methodSchema.shape, encoding: z.literal('utf8+aes-256-gcm'), value: z.base64() });

const schema = z.strictObject({
  version: z.literal(1),
  /** What it is, for people and in questions for the passphrase. */
  name: z.string(),
  type: z.literal('secret'),
  secret: z.union([plain, encrypted]),
});

const fewestCharacters = 8;

/** Of `createSecretFile`. */
export interface SecretFileOptions {
  readonly name: string;
  /** Eight characters at least. Without one the file's rights alone protect it. */
  readonly passphrase?: string | undefined;
}

/**
 * Keeps a text that is nobody else's, such as the private key of a certificate authority, in a file as private keys are kept:
 * for its owner alone, encrypted where there is a passphrase. A file that is there is never overwritten.
 * @throws {FedwardError} CONFIG_INVALID where there is one, or for a passphrase that is too short; STORAGE_FAILED
 */
export async function createSecretFile(
  path: string,
  secret: string,
  { name, passphrase }: SecretFileOptions,
): Promise<void> {
  const header = { version: 1, name, type: 'secret' } as const;
  const kept = passphrase === undefined ? ({ encoding: 'utf8', value: secret } as const) : await sealed(header, secret, passphrase); // prettier-ignore
  if (await createFileAtomic(path, `${JSON.stringify({ ...header, secret: kept }, null, 2)}\n`)) return;
  throw new FedwardError('CONFIG_INVALID', `there is ${path} already: it is not overwritten`, path);
}

async function sealed(header: object, secret: string, passphrase: string): Promise<z.output<typeof encrypted>> {
  if ([...passphrase].length < fewestCharacters)
    throw new FedwardError('CONFIG_INVALID', `a passphrase has ${fewestCharacters} characters at least`, 'passphrase');
  const method = { ...newMethod(), encoding: 'utf8+aes-256-gcm' } as const;
  const encryption = { ...method, encoding: 'pkcs8+aes-256-gcm' } as const;
  const value = await encrypt(
    Buffer.from(secret),
    passphrase,
    encryption,
    canonicalJson({ ...header, secret: method }),
  );
  return { ...method, value };
}

/**
 * @param passphrase asked for where the file is encrypted, and not before
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; KEY_EXPOSED for a file that others may read or write; CONFIG_INVALID
 *   (`passphrase`) where it is missing or another
 */
export async function readSecretFile(
  path: string,
  options: { readonly passphrase?: Passphrase } = {},
): Promise<string> {
  const { secret, ...header } = await parsed(path);
  if (secret.encoding === 'utf8') return secret.value;
  const { passphrase } = options;
  const given = typeof passphrase === 'function' ? await passphrase() : passphrase;
  const refuse = (why: string, cause?: unknown): FedwardError =>
    new FedwardError('CONFIG_INVALID', `can't open ${header.name} in ${path}: ${why}`, 'passphrase', { cause });
  if (given === undefined) throw refuse('it is encrypted, and there is no passphrase');
  const { value, ...method } = secret;
  const encryption = { ...method, encoding: 'pkcs8+aes-256-gcm' } as const;
  const bytes = await decrypt(value, given, encryption, canonicalJson({ ...header, secret: method })).catch(
    (error: unknown) => {
      throw refuse(error instanceof Error ? error.message : String(error), error);
    },
  );
  return new TextDecoder().decode(bytes);
}

async function parsed(path: string): Promise<z.output<typeof schema>> {
  const text = await readPrivate(path);
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The parser's own words may quote what is secret.
    throw new FedwardError('FILE_INVALID', `${path} is no file of a secret`, path);
  }
}
