import { FedwardError, parseWith, type Json } from '@fedward/core';
import { lockFolder, serveControl, type Log } from '@fedward/kit-daemon';
import type { Passphrase } from '@fedward/kit-keys';
import * as z from 'zod';
import { liveLine, openSite, type OpenSiteOptions, type SiteEvent } from '../door/index.js';
import type { Carrier, Connect } from './courier.js';
import { figuresOf, type Figures } from './figures.js';
import { logged } from './logged.js';
import { countStart } from './starts.js';
import { epsilonOf, statusOf, studiesOf, type Running } from './status.js';

/** Of `startSite`. */
export interface StartOptions extends Pick<OpenSiteOptions, 'freeBytes' | 'now' | 'trainerOf'> {
  readonly log: Log;
  readonly connect: Connect;
  readonly passphrase?: Passphrase;
  /** Called where somebody asks by `fedward site stop`. */
  readonly onStop: () => void;
}

/** A hospital's daemon, while it runs. */
export interface SiteDaemon {
  readonly running: Running;
  /** Ends what is at work and gives everything back. */
  close(): Promise<void>;
}

/** How often figures of the moment are told, milliseconds. */
const figuresEvery = 15_000;

const byWhom = z.object({ study: z.string(), by: z.string().min(1).max(200), words: z.string().max(1000) });
const statusAsked = z.object({ verify: z.boolean().default(false) });

/**
 * Starts the daemon of a site's folder: one process a folder.
 * @throws {FedwardError} CONFIG_INVALID where one runs there already, and as `openSite`
 */
export async function startSite(folder: string, options: StartOptions): Promise<SiteDaemon> {
  const { log, connect, onStop } = options;
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const lock = await lockFolder(folder, 'site');
    closing.push(() => lock.close());
    // What events go to, as far as it is there yet.
    const live: { carrier?: Carrier; figures?: Figures; shows: boolean } = { shows: false };
    const onEvent = (event: SiteEvent): void => {
      logged(log, event);
      live.figures?.count(event);
      if (live.shows) live.carrier?.show(liveLine(event));
    };
    const site = await openSite(folder, { ...options, onEvent });
    closing.push(() => site.close());
    live.shows = site.config.liveLog;
    const restarts = await countStart(site.files.state);
    if (site.config.noise === 'seeded')
      log.warn('noise is seeded: whoever knows a plan can take it off. This is for simulations');
    if (!site.config.data)
      log.warn('site.yaml does not say which data take part (`data`): nothing runs before it does');
    const figures = await figuresOf(site.config, () => {
      const { state, why = 'no connection to the hub' } = live.carrier?.standing ?? { state: 'waiting' };
      return state === 'connected' ? { ready: true } : { ready: false, why };
    });
    live.figures = figures;
    closing.push(() => figures.close());
    if (figures.address !== undefined) log.info(`figures are at ${figures.address}/metrics`);
    const carrier = await connect(site, (kind, words) => log[kind](words));
    live.carrier = carrier;
    closing.push(() => carrier.close());
    const running: Running = { site, carrier, restarts };
    const tellNow = async (): Promise<void> => {
      const { standing, atWork } = carrier;
      const [epsilon, freeBytes] = [await epsilonOf(site), await site.freeBytes()];
      figures.now({ connected: standing.state === 'connected', atWork: atWork.length, epsilon, freeBytes });
    };
    if (figures.wanted) {
      const telling = setInterval(() => void tellNow().catch(() => undefined), figuresEvery);
      closing.push(async () => clearInterval(telling));
      await tellNow();
    }
    const { door } = site;
    const said = <T>(work: Promise<T>): Promise<T> => work.finally(() => running.carrier.changed());
    const control = await serveControl(folder, {
      status: (body) => statusOf(running, asked(statusAsked, body ?? {}).verify),
      studies: () => studiesOf(door),
      approve: async (body) => {
        const { study, by, words } = asked(byWhom, body);
        const { hand, proposed } = await said(door.approve(study, { by, words }));
        return { study, by, time: hand.at(-1)!.time, proposal: proposed?.file ?? null };
      },
      revoke: async (body) => {
        const { study, by, words } = asked(byWhom, body);
        const { hand } = await said(door.revoke(study, { by, words }));
        return { study, by, time: hand.at(-1)!.time };
      },
      stop: () => {
        // The answer leaves before the socket closes.
        setTimeout(onStop, 50);
        return Promise.resolve({ stopping: true });
      },
    });
    closing.push(() => control.close());
    log.info(`the site ${site.config.id} of ${site.config.federation} is running`, { pid: process.pid, restarts });
    return { running, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function asked<T extends z.ZodType>(schema: T, body: Json): z.output<T> {
  if (body === null) throw new FedwardError('MESSAGE_INVALID', 'the question has a body', 'body');
  return parseWith(schema, body, 'the question');
}
