import { FedwardError } from '@fedward/core';

/** By what a party is known to the hub, and how it knows the hub. All PEM. */
export interface HubIdentity {
  readonly certificate: string;
  readonly key: string;
  /** Certificates of the authorities, one of which has certified the hub. No other is believed. */
  readonly authority: string;
}

/** How the connection stands. */
export interface HubStatus {
  readonly state: 'connected' | 'waiting';
  /** The hub, as `tls://host:port` or `wss://host:port`. */
  readonly server: string;
  /** Of `waiting`: what is in the way and what to do about it. */
  readonly why?: string;
}

/** Of `connectHub`. */
export interface HubOptions {
  /** `tls://host:port`, or `wss://host:port` where a proxy or firewall is in between. One after the other is tried. */
  readonly servers: readonly string[];
  /** Asked at each connection and reconnection, so that a renewed certificate is used without a restart. */
  readonly identity: () => HubIdentity;
  /** Whose inbox answers go to (`inboxOf`): the id of the hospital, or `coordinator`. */
  readonly party: string;
  /** `http://user:password@host:port` of a proxy that knows CONNECT. Only for `wss://`. */
  readonly proxy?: string;
  /** Ends the wait for the first connection. Once it is there, its owner closes it. */
  readonly signal?: AbortSignal;
  /** Told when it changes. */
  readonly onStatus?: (status: HubStatus) => void;
}

/** A hub's address. */
export interface HubAddress {
  readonly url: string;
  readonly route: 'tls' | 'wss';
  readonly host: string;
  readonly port: number;
}

/** @throws {FedwardError} CONFIG_INVALID naming the server or the proxy that can't be one */
export function addressesOf({ servers, proxy }: Pick<HubOptions, 'servers' | 'proxy'>): readonly HubAddress[] {
  if (servers.length === 0) throw new FedwardError('CONFIG_INVALID', 'name a server to connect to, such as wss://hub.example.org:443', 'servers'); // prettier-ignore
  const addresses = servers.map(addressOf);
  if (proxy !== undefined) {
    assertProxy(proxy);
    const direct = addresses.find(({ route }) => route !== 'wss');
    if (direct) throw new FedwardError('CONFIG_INVALID', `${direct.url} can't be reached through a proxy: name the hub as wss://host:port, or leave the proxy out`, 'proxy'); // prettier-ignore
  }
  return addresses;
}

function addressOf(text: string): HubAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const route = url?.protocol.slice(0, -1);
  if (!url || (route !== 'tls' && route !== 'wss') || url.hostname === '' || url.username !== '' || url.search !== '')
    throw new FedwardError('CONFIG_INVALID', `${JSON.stringify(text)} is no address of a hub: tls://host:port or wss://host:port`, 'servers'); // prettier-ignore
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (route === 'wss' ? 443 : 4222) : Number(url.port);
  return { url: `${route}://${url.hostname}:${port}`, route, host, port };
}

function assertProxy(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' && url.hostname !== '') return;
  // Its text may hold a password: it is not repeated.
  throw new FedwardError('CONFIG_INVALID', 'the proxy has to be http://host:port or http://user:password@host:port', 'proxy'); // prettier-ignore
}
