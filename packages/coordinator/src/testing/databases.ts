import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openServer } from '../store/server.js';

/** A PostgreSQL server for tests; each test makes a database of its own in it. */
export interface TestServer {
  /** URL of a new, empty database. */
  newDatabase(): Promise<string>;
  close(): Promise<void>;
}

/** Whether a server can be had here: by `FEDWARD_TEST_POSTGRES`, a URL, or by starting one in a temporary folder. */
export function hasServer(): boolean {
  return process.env['FEDWARD_TEST_POSTGRES'] !== undefined || (binaries() !== undefined && asUser() !== undefined);
}

export async function startServer(): Promise<TestServer> {
  const given = process.env['FEDWARD_TEST_POSTGRES'];
  const { url, stop } = given === undefined ? await ownServer() : { url: given, stop: async () => undefined };
  const made: string[] = [];
  const asked = async (sql: string): Promise<void> => {
    const database = await openServer(url);
    try {
      await database.query(sql);
    } finally {
      await database.close();
    }
  };
  return {
    async newDatabase() {
      const name = `fedward_test_${process.pid}_${made.length}_${Date.now()}`;
      await asked(`create database ${name}`);
      made.push(name);
      const own = new URL(url);
      own.pathname = `/${name}`;
      return own.href;
    },
    async close() {
      try {
        for (const name of made) await asked(`drop database if exists ${name} with (force)`);
      } finally {
        await stop();
      }
    },
  };
}

function binaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const folders = existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin')) : [];
  return folders.filter((folder) => existsSync(join(folder, 'initdb'))).at(-1);
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package has made. Undefined: it can't. */
function asUser(): { readonly command: readonly string[]; readonly uid?: number; readonly gid?: number } | undefined {
  if (process.getuid?.() !== 0) return { command: [] };
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' })));
    execFileSync('setpriv', ['--version'], { stdio: 'pipe' });
    return { command: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'], uid: uid!, gid: gid! };
  } catch {
    return undefined;
  }
}

async function ownServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const bin = binaries()!;
  const { command, uid, gid } = asUser()!;
  const folder = mkdtempSync(join(tmpdir(), 'fedward-postgres-'));
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  const data = join(folder, 'data');
  const port = await freePort();
  const [initdb, ...init] = [...command, join(bin, 'initdb'), '-D', data, '-U', 'fedward', '-A', 'trust', '-N'];
  execFileSync(initdb!, init, { stdio: 'pipe', cwd: folder });
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off'];
  const [postgres, ...run] = [...command, join(bin, 'postgres'), '-D', data, '-p', String(port), ...settings];
  const child = spawn(postgres!, run, { stdio: 'ignore', cwd: folder });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgres://fedward@127.0.0.1:${port}/postgres`;
  for (let tries = 0; ; tries++) {
    const database = await openServer(url).catch(() => undefined);
    if (database) {
      await database.close();
      return { url, stop };
    }
    if (tries === 100) {
      await stop();
      throw new Error(`PostgreSQL in ${folder} does not answer`);
    }
    await sleep(100);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT'); // a fast shutdown: connections are closed
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
