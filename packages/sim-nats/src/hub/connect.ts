import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { FedwardError, wordsOf } from '@fedward/core';
import { connectHub, type HubStatus } from '@fedward/transport-nats';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import type { HubAddress } from './address.js';

const againMs = 1000;

/**
 * A connection that comes back by itself for as long as the process lives. A hub that is not there yet is waited for.
 * @param say told why it waits, in words
 * @throws {FedwardError} FILE_NOT_FOUND for a certificate; ABORTED
 */
export async function connectToHub(
  address: HubAddress,
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<NatsConnection> {
  return address.url.startsWith('tls:') ? connectByTls(address, say, signal) : connectPlain(address, say, signal);
}

async function connectByTls(
  { url, certificate = '', key = '', authority }: HubAddress,
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const pem = {
    certificate: await readPem(certificate),
    key: await readPem(key),
    authority: authority === undefined ? rootCertificates.join('\n') : await readPem(authority),
  };
  let told: string | undefined;
  const onStatus = ({ why }: HubStatus): void => {
    if (why !== undefined && why !== told) say(`waiting for the hub at ${url}: ${why}`);
    told = why;
  };
  return connectHub({ servers: [url], identity: () => pem, party: 'simulation', signal, onStatus });
}

/** Without TLS: to a hub on this machine. */
async function connectPlain(
  { url }: HubAddress,
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<NatsConnection> {
  for (let told = false; ; told = true) {
    if (signal.aborted) throw stopped(url);
    try {
      return await connect({
        ...{ servers: url.slice('nats://'.length), ignoreClusterUpdates: true, timeout: 5000 },
        ...{ maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 250 },
        ...{ pingInterval: 5000, maxPingOut: 3 },
      });
    } catch (error) {
      if (!told) say(`waiting for the hub at ${url}: ${wordsOf(error)}`);
    }
    await sleep(againMs, undefined, { signal }).catch(() => {
      throw stopped(url);
    });
  }
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FedwardError('FILE_NOT_FOUND', `${path} can't be read: ${wordsOf(cause)}`, path, { cause });
  }
}

function stopped(url: string): FedwardError {
  return new FedwardError('ABORTED', 'stopped while waiting for the hub', url);
}
