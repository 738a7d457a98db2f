import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createCertificate } from '@fedward/transport-nats';
import { natsServer } from '../../../../tools/testing/nats-hub.js';

export { natsServer };

/** A nats-server for simulations, as an operator starts it: on loopback, or with TLS and client certificates. */
export interface SimulationHub {
  readonly url: string;
  readonly folder: string;
  /** Paths of a client's certificate and what belongs to it; of a hub with TLS. */
  readonly party: { readonly certificate?: string; readonly key?: string; readonly authority?: string };
  /** SIGKILL, and started again on the same port. @param wipe its disk is lost too */
  crash(options?: { readonly wipe?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export async function startSimulationHub({ tls = false } = {}): Promise<SimulationHub> {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-sim-hub-'));
  const port = await freePort();
  const store = join(folder, 'store');
  const lines = [`listen: "127.0.0.1:${port}"`, `jetstream { store_dir: "${store}" }`];
  if (tls) lines.push(await tlsIn(folder));
  writeFileSync(join(folder, 'hub.conf'), lines.join('\n'));
  let server = await start(folder);
  return {
    url: `${tls ? 'tls' : 'nats'}://127.0.0.1:${port}`,
    folder,
    party: tls
      ? { certificate: join(folder, 'party.pem'), key: join(folder, 'party.key'), authority: join(folder, 'ca.pem') }
      : {},
    async crash({ wipe = false } = {}) {
      await kill(server);
      if (wipe) rmSync(store, { recursive: true, force: true });
      server = await start(folder);
    },
    async close() {
      await kill(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function tlsIn(folder: string): Promise<string> {
  const authority = await createAuthority('simulation test authority');
  const hub = await createCertificate(authority, { commonName: 'hub', hosts: ['127.0.0.1'], usage: 'server', days: 2 });
  const party = await createCertificate(authority, { commonName: 'worker', usage: 'client', days: 2 });
  const files = { 'ca.pem': authority.certificate, 'hub.pem': hub.certificate, 'hub.key': hub.key, 'party.pem': party.certificate, 'party.key': party.key }; // prettier-ignore
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const at = (name: string): string => JSON.stringify(join(folder, name));
  return `tls { cert_file: ${at('hub.pem')}, key_file: ${at('hub.key')}, ca_file: ${at('ca.pem')}, verify: true }`;
}

async function start(folder: string): Promise<ChildProcess> {
  mkdirSync(join(folder, 'store'), { recursive: true });
  const child = spawn(natsServer!, ['-c', join(folder, 'hub.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Server is ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`nats-server ended: ${log}`)));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
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
