import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAuthority,
  createCertificate,
  hubConfig,
  identities,
  type KeyedCertificate,
} from '@fedward/transport-nats';

/** Where nats-server is, if it is there at all: tests that need it are skipped by name without. */
export const natsServer: string | undefined = find('nats-server');

/** What a party needs to connect, PEM. */
export interface Party extends KeyedCertificate {
  readonly authority: string;
}

/** A hub that runs, with TLS and a certificate authority of its own, on loopback. */
export interface TestHub {
  readonly federation: string;
  readonly folder: string;
  /** `tls://127.0.0.1:port` */
  readonly url: string;
  /** `wss://127.0.0.1:port` */
  readonly webSocketUrl: string;
  readonly authority: KeyedCertificate;
  /** A certificate by the identity that it is for (`identities`). */
  party(uri: string): Promise<Party>;
  /** Writes the configuration anew and has it reloaded. */
  reload(sites: readonly string[]): Promise<void>;
  /** SIGKILL, and started again on the same ports. @param wipe its disk is lost too */
  crash(options?: { readonly wipe?: boolean; readonly downSeconds?: number }): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
  readonly log: () => string;
}

/** @param server path of a nats-server; default: the one that is on PATH */
export async function startHub({
  sites = ['a', 'b', 'c'] as readonly string[],
  federation = 'fed',
  server = natsServer!,
  syncAlways = false,
  /** Of what the hub is given, for tests that show what a configuration of another kind would let through. */
  rewrite = (config: string): string => config,
} = {}): Promise<TestHub> {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-hub-'));
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const authority = await createAuthority(`${federation} test authority`);
  const own = await createCertificate(authority, { commonName: 'hub', hosts: ['127.0.0.1', 'localhost'], usage: 'server', days: 2 }); // prettier-ignore
  const tls = { certificate: join(folder, 'hub.pem'), key: join(folder, 'hub.key'), authority: join(folder, 'ca.pem') };
  writeFileSync(tls.certificate, own.certificate);
  writeFileSync(tls.key, own.key, { mode: 0o600 });
  writeFileSync(tls.authority, authority.certificate);
  const storeDir = join(folder, 'store');
  const configFile = join(folder, 'hub.conf');
  const write = (members: readonly string[]): void =>
    writeFileSync(
      configFile,
      rewrite(
        hubConfig({
          ...{ federation, tls, storeDir, sites: members, syncAlways },
          listen: `127.0.0.1:${port}`,
          websocket: `127.0.0.1:${webSocketPort}`,
          room: { federation: 2 * 2 ** 30, site: 2 ** 30, mostSites: 32 },
        }),
      ),
    );
  write(sites);
  let log = '';
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    mkdirSync(storeDir, { recursive: true });
    const child = spawn(server, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
    running = child;
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await ready(child, () => log);
  };
  const kill = async (): Promise<void> => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    federation,
    folder,
    url: `tls://127.0.0.1:${port}`,
    webSocketUrl: `wss://127.0.0.1:${webSocketPort}`,
    authority,
    party: async (uri) => ({
      ...(await createCertificate(authority, { commonName: 'party', uri, usage: 'client', days: 2 })),
      authority: authority.certificate,
    }),
    async reload(members) {
      write(members);
      const before = log.length;
      running!.kill('SIGHUP');
      await until(() => log.slice(before).includes('Reloaded server configuration'));
    },
    async crash({ wipe = false, downSeconds = 0 } = {}) {
      await kill();
      if (wipe) rmSync(storeDir, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, downSeconds * 1000));
      await start();
    },
    kill,
    start,
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
    log: () => log,
  };
}

export { identities };

async function ready(child: ChildProcess, log: () => string): Promise<void> {
  const before = log().length;
  await until(() => {
    if (child.exitCode !== null) throw new Error(`nats-server ended: ${log()}`);
    return log().slice(before).includes('Server is ready');
  });
}

async function until(isSo: () => boolean, seconds = 120): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !isSo();) {
    if (Date.now() > end) throw new Error('nats-server does not get ready');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function find(name: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
