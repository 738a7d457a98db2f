import { parseWith, wordsOf, type Json } from '@fedward/core';
import { lockFolder, openLog, seldom, serveControl, telemetry } from '@fedward/kit-daemon';
import type { Passphrase } from '@fedward/kit-keys';
import { InstalledPlugins, pluginsOf } from '@fedward/sim-healthcare';
import type { CoordinatorConfig } from '../config/read.js';
import { startHubProcess } from '../hub/process.js';
import { openOffice } from '../members/office.js';
import { openMembers } from '../members/service.js';
import { prepareHub } from '../members/renewal.js';
import { memberHandlers } from '../members/tell-daemon.js';
import { openStore } from '../store/open.js';
import { softwareHere } from '../studies/software.js';
import { Studies } from '../studies/studies.js';
import { StudyStore } from '../studies/study-store.js';
import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { figuresOf } from './figures.js';
import { HubLink } from './hub-link.js';
import { LiveLogs } from './live-logs.js';
import { studyHandlers } from './study-handlers.js';

/** A coordinator at work. */
export interface Daemon {
  /** Leaves all as it stands, within seconds: whoever starts next goes on. */
  close(): Promise<void>;
}

/** Of `startDaemon`. */
export interface DaemonOptions {
  readonly passphrase?: Passphrase;
  /** Someone asks over the control socket that it ends. */
  readonly onStop: () => void;
}

/** Names of what the daemon answers about itself. */
export const daemonQuestions = {
  status: 'coordinator.status',
  stop: 'coordinator.stop',
  logs: 'coordinator.logs',
} as const;

const logsAsked = z.object({ site: z.string().optional(), from: z.int().min(0).default(0) });
/** How often figures of the moment are told, milliseconds. */
const figuresEvery = 5000;

/**
 * Starts the coordinator of a folder: its store, the hub where it runs that itself, its connections, the studies that are not
 * over, and the socket at which commands ask.
 * @throws {FedwardError} CONFIG_INVALID where another process works in the folder; what one of these refuses with
 */
export async function startDaemon(config: CoordinatorConfig, { passphrase, onStop }: DaemonOptions): Promise<Daemon> {
  const opened: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one();
  };
  const { paths } = config;
  try {
    const lock = await lockFolder(paths.folder, 'coordinator');
    opened.push(() => lock.close());
    const log = await openLog(config.log);
    opened.push(() => log.close());
    const office = await openOffice(config, passphrase);
    const store = await openStore({
      ...{ folder: paths.store, alone: true },
      ...(config.store.url !== null && { url: config.store.url }),
    });
    opened.push(() => store.close());
    await prepareHub(office);
    const hub = config.hub.start
      ? await startHubProcess(config, { onLine: ({ level, text }) => log[level === 'error' ? 'warn' : 'debug'](text) })
      : undefined;
    if (hub) opened.push(() => hub.stop());
    const members = await openMembers({
      office,
      ...(hub && { reload: () => hub.reload() }),
      onFailure: (error) => log.error(wordsOf(error)),
    });
    opened.push(() => members.close());
    /** Asked for by /readyz before it is there. */
    const at: { link?: HubLink } = {};
    const { prometheus, otlp } = config.telemetry;
    const told = await telemetry({
      ...{ service: 'fedward-coordinator', version: packageJson.version },
      ...(prometheus !== null && { prometheus }),
      ...(otlp !== null && { otlp: { url: otlp } }),
      ready: () => (at.link?.connected ? { ready: true } : { ready: false, why: 'no connection to the hub' }),
    });
    opened.push(() => told.close());
    if (told.address !== undefined) log.info(`figures are at ${told.address}/metrics`);
    const figures = figuresOf(told);
    const live = new LiveLogs();
    const oftenSilent = seldom();
    const hospitals = new HubLink({
      office,
      members,
      log,
      live,
      onRefused: (site, code) => figures.refused(site, code),
      onSilent: (why) => {
        if (hub) hub.stalled(why);
        else oftenSilent('', () => log.error(`the hub has to be started anew: ${why}`));
      },
    });
    at.link = hospitals;
    opened.push(() => hospitals.close());
    const studies = new Studies({
      ...{ store: new StudyStore(store), folder: paths.studies, signer: office.signer, software: softwareHere() },
      members: {
        ids: () => members.active().map(({ id }) => id),
        verifierKeyOf: (id) => members.active().find((member) => member.id === id)?.key,
      },
      ...{ presence: hospitals, transports: hospitals, watch: figures },
      pluginsOf: async (plan) => pluginsOf(plan, await InstalledPlugins.load([], plan)),
      settings: { noise: config.noise },
      say: (level, words, about) => log[level](words, about),
    });
    opened.push(() => studies.close());
    await studies.begin();
    const tellNow = async (): Promise<void> => {
      const ids = members.active().map(({ id }) => id);
      const running = (await studies.list()).filter(({ state }) => state === 'running').length;
      figures.now({ members: ids.length, present: ids.filter((id) => hospitals.of(id).present).length, running });
    };
    if (prometheus !== null || otlp !== null) {
      const telling = setInterval(() => void tellNow().catch(() => undefined), figuresEvery);
      opened.push(() => clearInterval(telling));
    }
    const forMembers = memberHandlers(members, async (id) => hospitals.of(id).present);
    const started = performance.now();
    const control = await serveControl(paths.folder, {
      ...watching(forMembers, () => hospitals.refresh()),
      ...studyHandlers(studies),
      [daemonQuestions.status]: async (): Promise<Json> => ({
        federation: config.federation,
        pid: process.pid,
        seconds: Math.round((performance.now() - started) / 1000),
        store: store.where,
        hub: {
          connected: hospitals.connected,
          version: hub?.server.version ?? null,
          restarts: hub?.restarts() ?? null,
          full: hub?.full() ?? null,
          remedied: hub?.remedied() ?? null,
          silentFor: hospitals.silentFor ?? null,
        },
        members: members.active().map(({ id }) => {
          const { present, version } = hospitals.of(id);
          return { id, present, version: version ?? null };
        }),
        studies: (await studies.list()).map(({ study, state, why }) => ({ id: study.id, state, why })),
      }),
      [daemonQuestions.logs]: async (body): Promise<Json> => {
        const { site, from } = parseWith(logsAsked, body, 'the question');
        return live.lines(site, from) as unknown as Json;
      },
      [daemonQuestions.stop]: async (): Promise<Json> => {
        setImmediate(onStop); // once it is answered
        return { pid: process.pid };
      },
    });
    opened.push(() => control.close());
    log.info('the coordinator is ready', { federation: config.federation, members: members.active().length });
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same handlers, with a look at connections after each. */
function watching(handlers: ReturnType<typeof memberHandlers>, look: () => void): typeof handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      async (body: Json, signal: AbortSignal) => {
        const answer = (await handler(body, signal)) as Json;
        look();
        return answer;
      },
    ]),
  );
}
