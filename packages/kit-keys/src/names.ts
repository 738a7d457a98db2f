import { FedwardError, sha256 } from '@fedward/core';
import { join } from 'node:path';
import { assertKeyName } from './signer.js';

/** The files of one key in a folder. */
export interface KeyPaths {
  /** The private half. */
  readonly private: string;
  /** The verifier key, for handing out. */
  readonly public: string;
  /** The verifier key of one that was replaced. */
  readonly retired: (keyId: string) => string;
  /** What says which key replaced it. */
  readonly rotation: (keyId: string) => string;
  /** A new key until it takes the place of the old one. */
  readonly next: (keyId: string) => string;
}

/** How the files of private keys end. */
export const privateSuffix = '.key.json';
/** How those of statements of rotation end. */
export const rotationSuffix = '.rotation';

const longest = 150;

/**
 * The beginning of the names of a key's files. Keys are named by hospitals' ids and by origins, which have slashes and
 * whatever else; names of files have neither, and no tilde, which parts the name from a key id.
 */
export function fileNameOf(name: string): string {
  const encoded = encodeURIComponent(name)
    .replace(/[~*'()!]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
  if (encoded.length <= longest) return encoded;
  return `${encoded.slice(0, longest - 50)}~~${sha256(name).slice(0, 32)}`;
}

/**
 * Where the files of a key are.
 * @throws {FedwardError} ARGUMENT_INVALID for what is no key's name
 */
export function keyPathsIn(directory: string, name: string): KeyPaths {
  assertKeyName(name);
  const start = join(directory, fileNameOf(name));
  return {
    private: `${start}${privateSuffix}`,
    public: `${start}.vkey`,
    retired: (keyId) => `${start}~${keyId}.vkey`,
    rotation: (keyId) => `${start}~${keyId}${rotationSuffix}`,
    next: (keyId) => `${start}~${keyId}.next.json`,
  };
}

/** @throws {FedwardError} ARGUMENT_INVALID also for a name whose verifier key would be a comment in a list of them */
export function assertNewName(name: string): void {
  assertKeyName(name);
  if (name.startsWith('#'))
    throw new FedwardError('ARGUMENT_INVALID', `a key's name does not begin with #: ${JSON.stringify(name)}`, 'name');
}
