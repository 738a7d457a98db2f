import { join, resolve } from 'node:path';
import { canonicalJson, coordinator, FedwardError, hasCode, version, wordsOf } from '@fedward/core';
import { seldom } from '@fedward/kit-daemon';
import { readBytes } from '@fedward/kit-files';
import { verifierOf } from '@fedward/kit-keys';
import {
  certificateStanding,
  connectHub,
  renew,
  sealEnvelope,
  serveSite,
  subjects,
  type HubIdentity,
  type HubStatus,
  type CourierEvent,
  type SiteCourier,
} from '@fedward/transport-nats';
import type { Site } from '../door/index.js';
import { levelOf, wordsOfEvent } from './courier-words.js';
import type { Carrier, Connect, HubStanding } from './courier.js';

/** How a site is known to its hub, and stays known. */
export interface HubPass {
  /** What it connects with, as it is now. */
  read(site: Site): Promise<HubIdentity>;
  /**
   * Has it renewed where that is due.
   * @param ask asks the coordinator by a signed request of the kind
   * @returns whether there is another
   */
  renew?(site: Site, ask: (kind: string, said: unknown) => Promise<unknown>): Promise<boolean>;
}

/** Between two looks at whether the certificate is to be renewed, milliseconds. */
const renewalRhythm = 3_600_000;

/** Connects a site with its hub over NATS: outbound only, through the hospital's proxy where it has one. */
export function overNats(pass: HubPass): Connect {
  return async (site, tell) => {
    const { config, files, signer, door } = site;
    const { hub, federation, id } = config;
    let identity = await pass.read(site);
    let standing: HubStanding = { state: 'waiting', why: 'not connected yet' };
    const onStatus = (told: HubStatus): void => {
      const status = told.state === 'connected' ? told : { ...told, ...explained(told.why, identity) };
      if (status.state !== standing.state || status.why !== standing.why)
        tell(status.state === 'connected' ? 'info' : 'warn', `hub ${status.server}: ${status.why ?? status.state}`);
      standing = status;
    };
    const stop = new AbortController();
    const proxy = await proxyOf(site);
    const verifier = verifierOf(config.coordinator.verifierKey);
    let courier: SiteCourier | undefined;
    let show: Carrier['show'] = () => undefined;
    const rarely = seldom();
    // Whoever can write at the hub can send any number of messages that are none.
    const onEvent = (event: CourierEvent): void => {
      const { kind, code = 'MESSAGE_INVALID', words } = event;
      if (kind !== 'refused') return tell(levelOf(event), wordsOfEvent(event));
      rarely(code, (left) => {
        tell(levelOf(event), `${wordsOfEvent(event)}${left === 0 ? '' : ` (and ${left} like it before)`}`);
        door.refusedMessage(code, words, left).catch((error: unknown) => tell('warn', wordsOf(error)));
      });
    };
    const says = () => ({ software: [{ name: '@fedward/site', version }], approved: door.approved });
    const work = async (): Promise<() => Promise<void>> => {
      const connection = await connectHub({
        ...{ servers: hub.servers, identity: () => identity, party: id, signal: stop.signal, onStatus },
        ...(proxy !== undefined && { proxy }),
      });
      const served = await serveSite({
        ...{ connection, federation, id, signer, door, says, folder: join(files.state, 'courier') },
        coordinator: () => verifier,
        onEvent,
      });
      courier = served;
      show = (line) => {
        const said = canonicalJson({ ...line });
        const body = { kind: 'log', from: id, to: coordinator, federation, payload: null, inline: false, said };
        const { data, headers } = sealEnvelope(body, signer);
        if (!connection.isClosed()) connection.publish(subjects.log, data, { headers });
      };
      const look = async (): Promise<void> => {
        const renewed = await pass.renew?.(site, (kind, said) => served.request(kind, said, stop.signal));
        if (!renewed) return;
        identity = await pass.read(site);
        await renew(connection);
        tell('info', 'the certificate was renewed');
      };
      const looking = (): void => void look().catch((error: unknown) => tell('warn', `the certificate is not renewed: ${wordsOf(error)}`)); // prettier-ignore
      const timer = setInterval(looking, renewalRhythm);
      looking();
      return async () => {
        clearInterval(timer);
        await served.close();
        await connection.close();
      };
    };
    const working = work().catch((error: unknown) => {
      if (!hasCode(error, 'ABORTED')) {
        standing = { state: 'waiting', why: wordsOf(error) };
        tell('warn', `not connected, and not tried again: ${wordsOf(error)}`);
      }
      return async () => undefined;
    });
    return {
      get standing() {
        return standing;
      },
      get atWork() {
        return courier?.atWork ?? [];
      },
      changed: () => courier?.changed(),
      show: (line) => show(line),
      async close() {
        stop.abort(new FedwardError('ABORTED', 'the site is stopped'));
        await (
          await working
        )();
      },
    };
  };
}

/** Why there is no connection, with what there is to do where the hospital's own certificate has ended. */
function explained(why: string | undefined, { certificate }: HubIdentity): { readonly why?: string } {
  const { state, words } = certificateStanding(certificate);
  if (state !== 'ended') return why === undefined ? {} : { why };
  const own = `this hospital's certificate ${words}: \`fedward site request\` makes a new request for the coordinator`;
  return { why: why === undefined ? own : `${why}. ${own}` };
}

/** With the password in it: it is told to nobody. @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID */
async function proxyOf({ config, files }: Site): Promise<string | undefined> {
  const { proxy } = config.hub;
  if (!proxy) return undefined;
  if (proxy.user === undefined) return proxy.url;
  const url = new URL(proxy.url);
  url.username = encodeURIComponent(proxy.user);
  if (proxy.passwordFile !== undefined) {
    const bytes = await readBytes(resolve(files.folder, proxy.passwordFile), { option: 'hub.proxy.passwordFile', mostBytes: 65_536 }); // prettier-ignore
    const [password = ''] = new TextDecoder().decode(bytes).split(/\r?\n/, 1);
    url.password = encodeURIComponent(password);
  }
  return url.href.replace(/\/$/, '');
}
