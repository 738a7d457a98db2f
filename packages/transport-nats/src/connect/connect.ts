import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '@fedward/core';
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
    try {
      const connection = await connectOnce(options, addresses, teller);
      if (options.signal?.aborted) await connection.close();
      throwIfAborted(options.signal);
      return connection;
    } catch (error) {
      throwIfAborted(options.signal);
      teller.failed(error);
      await sleep(waitBefore(tries), undefined, { signal: options.signal }).catch(() => undefined);
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
  let reconnects = 0;
  const connection = await wsconnect({
    servers: addresses.map(({ url }) => url),
    wsFactory: async (url) => {
      const address = addresses.find((one) => isAt(one, new URL(url)))!;
      teller.address = address;
      try {
        const route = await openRoute(address, identity(), proxy);
        const socket = new RouteSocket(route, (error) => teller.failed(error));
        return { socket: socket as unknown as WebSocket, encrypted: true };
      } catch (error) {
        teller.failed(error);
        throw error;
      }
    },
    inboxPrefix: inboxOf(party),
    timeout: 10_000,
    pingInterval: 20_000,
    maxPingOut: 2,
    ignoreClusterUpdates: true,
    ignoreAuthErrorAbort: true,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => waitBefore(reconnects++),
    noAsyncTraces: true,
  });
  teller.connected();
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error') teller.failed(status.error);
      if (status.type === 'disconnect') teller.lost();
      if (status.type !== 'reconnect') continue;
      reconnects = 0;
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
    if (words === this.said) return;
    this.said = words;
    this.onStatus?.(status);
  }
}
