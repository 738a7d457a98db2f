import { join } from 'node:path';
import { FedwardError, wordsOf } from '@fedward/core';
import { superviseProcess, type SupervisedProcess } from '@fedward/kit-daemon';
import { makeFolder } from '@fedward/kit-files';
import type { CoordinatorConfig } from '../config/read.js';
import { lineOf, type HubLine } from './line.js';
import { Remedy } from './remedy.js';
import { findServer, type ServerBinary } from './server.js';
import { endStrays, listenerAt } from './strays.js';

/** nats-server, kept running. */
export interface HubProcess {
  readonly server: ServerBinary;
  /** How often it was started again. */
  readonly restarts: () => number;
  /** Whether its disk was full, so that it keeps nothing until there is room again. */
  readonly full: () => boolean;
  /** Why this coordinator had it started anew last; null where it never did. */
  readonly remedied: () => string | null;
  /** It gives no answer though it runs: has it started anew, once there is room on its disk. @param why for people */
  stalled(why: string): void;
  /** For tests and for status: absent while it does not run. */
  readonly pid: () => number | undefined;
  /**
   * Has it read its configuration and certificates anew. Where it does not run this moment it does so when it starts.
   * @throws {FedwardError} HUB_FAILED with its words where it refuses, or says nothing for 20 s
   */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Of `startHubProcess`. */
export interface HubProcessOptions {
  /** Hears what it writes, but for its own chatter. */
  readonly onLine?: (line: HubLine) => void;
}

const patienceMilliseconds = 20_000;

/**
 * Starts the hub by `hub/hub.conf` (`prepareHub` writes it), and keeps it running. Resolves when it takes connections. To be
 * called under the lock of the coordinator's folder: a hub that runs by that file is what a killed coordinator left, and is ended.
 * @throws {FedwardError} as `findServer`; HUB_FAILED with its words where it does not start, and with who has its port
 */
export async function startHubProcess(
  config: CoordinatorConfig,
  { onLine }: HubProcessOptions = {},
): Promise<HubProcess> {
  const { hub, paths } = config;
  const server = await findServer(hub.binary);
  await makeFolder(paths.hubStore);
  const strays = await endStrays(paths.hubConfig);
  if (strays > 0)
    onLine?.({ level: 'warn', text: 'a hub of a coordinator that was killed was still running: it was ended' });
  const waiting = new Waiting();
  const ready = waiting.until(/^Server is ready$/);
  ready.catch(() => undefined); // it is looked at below, once there is something to stop
  let remedied: string | null = null;
  const remedy = new Remedy({
    folder: paths.hubStore,
    restart: (why) => {
      remedied = why;
      onLine?.({ level: 'error', text: `the hub is started anew: ${why}` });
      process.restart();
    },
  });
  const process = await superviseProcess({
    ...{ command: server.path, args: ['-c', paths.hubConfig], pidFile: join(paths.hub, 'nats-server.pid') },
    onLine: (text) => {
      const line = lineOf(text);
      waiting.hear(line);
      remedy.hear(line);
      onLine?.(line);
    },
    onExit: ({ code, signal }) => waiting.ended(`it ended (${signal ?? code})`),
  });
  await ready.catch(async (error: unknown) => {
    await process.stop();
    throw await namingHolder(error);
  });
  return {
    server,
    restarts: () => process.restarts,
    pid: () => process.pid,
    reload: () => reload(process, waiting),
    full: () => remedy.isFull,
    remedied: () => remedied,
    stalled: (why) => remedy.stalled(why),
    stop: () => {
      remedy.close();
      return process.stop();
    },
  };
}

async function reload(process: SupervisedProcess, waiting: Waiting): Promise<void> {
  if (process.pid === undefined) return;
  const done = waiting.until(/^(Reloaded server configuration\b|Server is ready$)/);
  process.signal('SIGHUP');
  await done;
}

interface Wish {
  readonly sign: RegExp;
  readonly resolve: () => void;
  readonly reject: (error: FedwardError) => void;
}

/** Waits for what the hub says. */
class Waiting {
  #wishes: Wish[] = [];
  #worst: string | undefined;

  /** @throws {FedwardError} HUB_FAILED where it says that it can't, ends, or says nothing */
  async until(sign: RegExp): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#wishes.push({ sign, resolve, reject });
        timer = setTimeout(() => this.#fail('it says nothing'), patienceMilliseconds);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  hear({ level, text }: HubLine): void {
    if (level === 'error') this.#worst = text;
    if (/^Failed to reload server configuration/.test(text)) return this.#fail(text);
    const heard = this.#wishes.filter(({ sign }) => sign.test(text));
    this.#wishes = this.#wishes.filter((wish) => !heard.includes(wish));
    for (const { resolve } of heard) resolve();
  }

  ended(how: string): void {
    this.#fail(this.#worst ?? how);
  }

  #fail(why: string): void {
    const failed = this.#wishes;
    this.#wishes = [];
    for (const { reject } of failed) reject(hubFailed(why));
  }
}

/** With who has the port that the hub was refused, where the system tells. */
async function namingHolder(error: unknown): Promise<unknown> {
  const [, port] = /:(\d+): bind: address already in use/.exec(wordsOf(error)) ?? [];
  const holder = port === undefined ? undefined : await listenerAt(Number(port));
  return holder === undefined ? error : new FedwardError('HUB_FAILED', `${wordsOf(error)} (it is ${holder})`, 'hub');
}

function hubFailed(why: string): FedwardError {
  const hint = /permission denied/.test(why)
    ? '; a port below 1024 needs a right: setcap cap_net_bind_service=+ep on nats-server, or another port behind a forward'
    : /address already in use/.test(why)
      ? '; another server has the port: stop it, or name another port in coordinator.yaml'
      : '';
  return new FedwardError('HUB_FAILED', `nats-server: ${why}${hint}`, 'hub');
}
