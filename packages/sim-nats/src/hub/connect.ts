import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FedwardError, wordsOf } from '@fedward/core';
import type { NatsConnection, TlsOptions } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import type { HubAddress } from './address.js';

const againMs = 1000;

/**
 * A connection that comes back by itself for as long as the process lives. A hub that is not there yet is waited for.
 * @param say told once why it waits, in words
 * @throws {FedwardError} CONFIG_INVALID where the hub refuses us, or we it; FILE_NOT_FOUND for a certificate; ABORTED
 */
export async function connectToHub(
  address: HubAddress,
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const tls = await tlsOf(address);
  const servers = address.url.replace(/^(tls|nats):\/\//, '');
  for (let told = false; ;) {
    signal.throwIfAborted();
    try {
      return await connect({
        ...{ servers, ...(tls && { tls }), ignoreClusterUpdates: true },
        ...{ maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 250, reconnectJitterTLS: 250 },
        ...{ pingInterval: 5000, maxPingOut: 3, timeout: 5000 },
      });
    } catch (error) {
      const words = allWordsOf(error);
      if (isRefusal(words))
        throw new FedwardError('CONFIG_INVALID', `the hub at ${address.url} can't be used: ${words}`, address.url, {
          cause: error,
        });
      if (!told) say(`there is no hub at ${address.url} yet (${words}): waiting for it`);
      told = true;
    }
    await sleep(againMs, undefined, { signal }).catch(() => {
      throw new FedwardError('ABORTED', 'stopped while waiting for the hub', address.url);
    });
  }
}

async function tlsOf({ url, certificate, key, authority }: HubAddress): Promise<TlsOptions | undefined> {
  if (!url.startsWith('tls:')) return undefined;
  const [cert, secret, ca] = await Promise.all([certificate, key, authority].map(readPem));
  return { ...(cert && { cert }), ...(secret && { key: secret }), ...(ca && { ca }) };
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FedwardError('FILE_NOT_FOUND', `${path} can't be read: ${wordsOf(cause)}`, path, { cause });
  }
}

/** With what is behind it, which says more. */
function allWordsOf(error: unknown): string {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause === undefined ? wordsOf(error) : `${wordsOf(error)}: ${allWordsOf(cause)}`;
}

/** What waiting does not mend. */
function isRefusal(words: string): boolean {
  return /certificate|authorization|authentication|self.signed|unknown ca|tls|ssl/i.test(words);
}
