import { FedwardError } from '@fedward/core';
import {
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { streams, subjects, timing } from './names.js';

type Wanted = Partial<StreamConfig> & { readonly name: string };

const writtenOnce = {
  ...{ max_msgs_per_subject: 1, discard: DiscardPolicy.New, discard_new_per_subject: true, allow_direct: true },
  max_age: nanos(timing.keepMs),
} as const;

const wanted: readonly Wanted[] = [
  {
    ...{ name: streams.runs, subjects: [subjects.runs], max_msgs_per_subject: 1, allow_direct: true },
    max_age: nanos(timing.forgetRunMs),
  },
  {
    ...{ name: streams.jobs, subjects: [subjects.jobs], retention: RetentionPolicy.Workqueue },
    max_age: nanos(timing.keepMs),
  },
  { name: streams.results, subjects: [subjects.results], ...writtenOnce },
  { name: streams.pieces, subjects: [subjects.pieces], ...writtenOnce },
];

/**
 * Makes what is missing of the streams.
 * @returns true where any was: what had been in it is lost
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a server that ignores what was asked of it, or streams that others made
 */
export async function ensureStreams(jsm: JetStreamManager): Promise<boolean> {
  let missing = false;
  for (const stream of wanted) {
    const there = await jsm.streams.info(stream.name).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    missing ||= there === undefined;
    const { config } = there ?? (await jsm.streams.add({ storage: StorageType.File, num_replicas: 1, ...stream }));
    assertAsAsked(stream, config);
  }
  return missing;
}

/** A server leaves out what it does not know, without a word. */
function assertAsAsked(asked: Wanted, got: StreamConfig): void {
  const differing = Object.entries(asked).find(
    ([member, value]) => JSON.stringify(got[member as keyof StreamConfig]) !== JSON.stringify(value),
  );
  if (!differing) return;
  const [member, value] = differing;
  const has = JSON.stringify(got[member as keyof StreamConfig]);
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `the hub's stream ${asked.name} has ${member} ${has} where ${JSON.stringify(value)} is needed: remove the stream, or use nats-server 2.9.10 or newer`,
    asked.name,
  );
}

/** The error that says that a stream, a consumer or a message is not there. */
export function isNotFound(error: unknown): boolean {
  const { code, status, name } = (error ?? {}) as { code?: unknown; status?: unknown; name?: unknown };
  return code === 404 || code === 10059 || code === 10014 || status === 404 || name === 'StreamNotFoundError';
}
