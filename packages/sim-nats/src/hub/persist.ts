import { setTimeout as sleep } from 'node:timers/promises';
import { FedwardError } from '@fedward/core';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { MsgHdrs } from '@nats-io/nats-core';
import { timing } from './names.js';
import { isNotFound } from './streams.js';

const pauseMs = 200;

/**
 * Does something with the hub again until it is done: a hub that restarts leaves questions without an answer.
 * @param tries default: for ever
 * @throws {FedwardError} ABORTED; what it fails with the last time
 */
export async function persist<T>(one: () => Promise<T>, signal: AbortSignal, tries = Infinity): Promise<T> {
  for (let left = tries; ;) {
    if (signal.aborted) throw stopped();
    try {
      return await one();
    } catch (error) {
      if (--left <= 0) throw error;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {
      throw stopped();
    });
  }
}

/** @returns undefined for what the hub says is not there */
export async function ifThere<T>(asking: Promise<T | null>): Promise<T | undefined> {
  try {
    return (await asking) ?? undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Error of a subject that is written once, and was. */
const alreadyThere = 10077;

/** Writes a message where none is yet: with one there, whoever wrote it, it is done. */
export async function writeOnce(
  js: JetStreamClient,
  subject: string,
  data: Uint8Array,
  signal: AbortSignal,
  headers?: MsgHdrs,
): Promise<void> {
  // A stream that is not there is made again by the simulation's process.
  await persist(async () => {
    try {
      await js.publish(subject, data, { timeout: timing.requestMs, ...(headers && { headers }) });
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== alreadyThere) throw error;
    }
  }, signal);
}

function stopped(): FedwardError {
  return new FedwardError('ABORTED', 'stopped while the hub was asked');
}
