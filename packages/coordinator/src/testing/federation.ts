import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { inboxOf } from '@fedward/transport-nats';
import { onTestFinished } from 'vitest';
import { startHubProcess, type HubProcess } from '../hub/process.js';
import { initCoordinator } from '../members/init.js';
import { newCoordinator } from '../members/init-options.js';
import { openOffice, type Office } from '../members/office.js';
import { prepareHub } from '../members/renewal.js';
import { openMembers, type MembersService } from '../members/service.js';
import { readCoordinatorConfig, type CoordinatorConfig } from '../config/read.js';

/** A folder until the test is over. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-coordinator-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A coordinator on loopback, on ports that are free. */
export async function newCoordinatorIn(
  folder: string,
  { federation = 'fed', binary = '', mostSites = 8 } = {},
): Promise<Office> {
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const wishes = { federation, hub: `127.0.0.1:${webSocketPort}`, listen: `127.0.0.1:${port}`, start: true };
  const made = newCoordinator({ ...wishes, websocket: `127.0.0.1:${webSocketPort}`, ...(binary && { binary }) });
  const { config } = await initCoordinator({ ...made, folder });
  // As much as tests need: the hub reserves it.
  const room = `  room: { federationMiB: 64, siteMiB: 16, mostSites: ${mostSites} }\n`;
  const text = await readFile(config.paths.config, 'utf8');
  await writeFile(config.paths.config, text.replace(/^ {2}# room: .*\n/m, room));
  return openOffice(await readCoordinatorConfig(folder));
}

/** What runs of a coordinator here: its members and its hub. */
export interface RunningHub {
  readonly office: Office;
  readonly config: CoordinatorConfig;
  readonly hub: HubProcess;
  readonly members: MembersService;
  /** `tls://127.0.0.1:port`, `wss://127.0.0.1:port`. */
  readonly url: string;
  readonly webSocketUrl: string;
}

/** Runs the hub of a coordinator until the test is over. */
export async function runHub(office: Office): Promise<RunningHub> {
  const { config } = office;
  await prepareHub(office);
  const hub = await startHubProcess(config);
  onTestFinished(() => hub.stop());
  const members = await openMembers({
    ...{ office, reload: () => hub.reload() },
    onFailure: (error) => {
      throw error;
    },
  });
  onTestFinished(() => members.close());
  return {
    office,
    config,
    hub,
    members,
    url: `tls://${config.hub.listen}`,
    webSocketUrl: `wss://${config.hub.websocket!}`,
  };
}

/** PEM. */
export interface TestIdentity {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/**
 * Connects as whoever has a certificate, until the test is over; does not try again. Not beside `connectHub` in one process: the
 * library keeps one way of connecting for all, and this changes it.
 */
export async function reach(
  url: string,
  { certificate, key, authority }: TestIdentity,
  party: string,
): Promise<NatsConnection> {
  const tls = { cert: certificate, key, ca: authority };
  const connection = await connect({
    servers: url,
    tls,
    inboxPrefix: inboxOf(party),
    reconnect: false,
    timeout: 60_000,
  });
  onTestFinished(() => connection.close());
  return connection;
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
