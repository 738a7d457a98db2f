import { setTimeout as sleep } from 'node:timers/promises';
import { abortable, throwIfAborted } from '@fedward/core';
import { wsconnect, type NatsConnection } from '@nats-io/nats-core';
import { inboxOf } from '../subjects.js';
import { wordsOfFailure } from './failure.js';
import { addressesOf, type HubAddress, type HubOptions, type HubStatus } from './hub-options.js';
import { openRoute } from './open.js';
import { RouteSocket } from './socket.js';

/** Between two tries: it doubles from the one to the other, milliseconds. */
const [firstWait, longestWait] = [250, 10_000];

/**
 * Connects to a hub, and waits for one that is not there yet. A connection that was lost is made again for as long as it is
 * not closed; so is one that was refused, since who is revoked or not yet a member can become one. What was asked when it was
 * lost is not asked again by itself: see `ask`.
 *
 * @throws {FedwardError} CONFIG_INVALID for addresses that can't be; the signal's reason, or ABORTED
 */
export async function connectHub(options: HubOptions): Promise<NatsConnection> {
  const addresses = addressesOf(options);
  const teller = new Teller(addresses, options.onStatus);
  for (let tries = 0; ; tries++) {
    throwIfAborted(options.signal);
    const told = teller.told;
    const connecting = connectOnce(options, addresses, teller);
    try {
      return await (options.signal ? abortable(() => connecting, options.signal) : connecting);
    } catch (error) {
      if (options.signal?.aborted) void connecting.then((late) => late.close()).catch(() => undefined);
      throwIfAborted(options.signal);
      if (teller.told === told) teller.failed(error);
      await sleep(waitBefore(tries), undefined, { ...(options.signal && { signal: options.signal }) }).catch(
        () => undefined,
      );
    }
  }
}

/** Connects anew with the identity that there is now. Subscriptions go on. */
export async function renew(connection: NatsConnection): Promise<void> {
  await connection.reconnect();
}

async function connectOnce(
  { identity, proxy, party }: HubOptions,
  addresses: readonly HubAddress[],
  teller: Teller,
): Promise<NatsConnection> {
  // The library asks how long to wait again and again while it waits: it may change only when something was tried.
  let tries = 0;
  let wait = waitBefore(tries);
  const servers = addresses.map(({ url }) => url);
  const connection = await wsconnect({
    servers,
    wsFactory: (url) => {
      const address = addresses.find((one) => isAt(one, new URL(url)))!;
      teller.address = address;
      wait = waitBefore(tries++);
      const socket = new RouteSocket(openRoute(address, identity, proxy), (error) => teller.failed(error));
      return Promise.resolve({ socket: socket as unknown as WebSocket, encrypted: true });
    },
    inboxPrefix: inboxOf(party),
    timeout: 10_000,
    pingInterval: 20_000,
    maxPingOut: 2,
    ignoreClusterUpdates: true,
    ignoreAuthErrorAbort: true,
    maxReconnectAttempts: -1,
    noRandomize: true,
    reconnectDelayHandler: () => wait,
    noAsyncTraces: true,
  });
  tries = 0;
  connection.setServers(servers); // the library drops those that it did not reach at first
  teller.connected();
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error') teller.failed(status.error);
      if (status.type === 'disconnect') teller.lost();
      if (status.type !== 'reconnect') continue;
      tries = 0;
      teller.connected();
    }
  })();
  return connection;
}

/** With jitter: a hub that comes back is not asked by all at once. */
function waitBefore(tries: number): number {
  return Math.min(longestWait, firstWait * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
}

/** The library hands on addresses as it writes them: all begin with `wss`, and 443 is left out. */
function isAt({ host, port }: HubAddress, url: URL): boolean {
  return url.hostname.replace(/^\[(.*)\]$/, '$1') === host && Number(url.port || 443) === port;
}

/** Tells what has changed, once. */
class Teller {
  address: HubAddress;
  /** How often something was told. */
  told = 0;
  private said = '';

  constructor(
    addresses: readonly HubAddress[],
    private readonly onStatus: HubOptions['onStatus'],
  ) {
    this.address = addresses[0]!;
  }

  connected(): void {
    this.tell({ state: 'connected', server: this.address.url });
  }

  lost(): void {
    if (this.said !== '' && !this.said.startsWith('waiting')) this.waiting('the connection was lost');
  }

  /** A permission that is missing is no matter of the connection. */
  failed(error: unknown): void {
    if ((error as Error | undefined)?.name !== 'PermissionViolationError')
      this.waiting(wordsOfFailure(error, this.address));
  }

  private waiting(why: string): void {
    this.tell({ state: 'waiting', server: this.address.url, why });
  }

  private tell(status: HubStatus): void {
    const words = `${status.state} ${status.server} ${status.why ?? ''}`;
    this.told++;
    if (words === this.said) return;
    this.said = words;
    this.onStatus?.(status);
  }
}
