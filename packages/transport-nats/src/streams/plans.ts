import { streams, subjects, taskConsumer } from '../subjects.js';

/** What a stream or consumer is asked to be, by JetStream's own names. Times are nanoseconds, sizes bytes. */
export type Asked = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A stream with what is to be at it. */
export interface StreamPlan {
  readonly name: string;
  readonly config: Asked;
  readonly consumer?: Asked;
}

const second = 1_000_000_000;
const day = 24 * 3600 * second;
const MiB = 2 ** 20;

/** Of an account's room, how much each stream may take. What is left over is for streams that others make there. */
const shares = { up: 0.75, results: 0.125, tasks: 0.0625, status: 0.03125, down: 0.75 } as const;

const kept = { storage: 'file', retention: 'limits', num_replicas: 1, allow_direct: true } as const;

/** Each subject is written once and never again, which the hub holds to: who has answered can't answer otherwise. */
const writeOnce = { ...kept, max_msgs_per_subject: 1, discard: 'new', discard_new_per_subject: true } as const;

/** Of each subject the newest is kept. */
const newest = { ...kept, max_msgs_per_subject: 1, discard: 'old' } as const;

/** The federation's account. @param room of the account, bytes */
export function federationStreams(room: number): readonly StreamPlan[] {
  return [
    {
      name: streams.down,
      config: {
        ...writeOnce,
        subjects: [subjects.chunks('down')],
        max_bytes: Math.floor(room * shares.down),
        max_msg_size: MiB,
      },
    },
  ];
}

/** A hospital's account. @param room of the account, bytes */
export function siteStreams(room: number): readonly StreamPlan[] {
  const of = (share: keyof typeof shares): number => Math.floor(room * shares[share]);
  return [
    {
      name: streams.tasks,
      config: { ...newest, subjects: [subjects.tasks], max_bytes: of('tasks'), max_msg_size: MiB },
      consumer: {
        durable_name: taskConsumer,
        deliver_policy: 'all',
        ack_policy: 'explicit',
        // A hospital that died with a task gets it again after this; one that is at work says so four times as often.
        ack_wait: 6 * second,
        max_ack_pending: 64,
      },
    },
    {
      name: streams.results,
      config: {
        ...writeOnce,
        subjects: [subjects.results],
        max_bytes: of('results'),
        max_msg_size: MiB,
        max_age: 30 * day,
      },
    },
    {
      name: streams.up,
      config: { ...writeOnce, subjects: [subjects.chunks('up')], max_bytes: of('up'), max_msg_size: MiB },
    },
    {
      name: streams.status,
      config: {
        ...newest,
        subjects: [subjects.presence, subjects.requests],
        max_bytes: of('status'),
        max_msg_size: MiB / 16,
        max_age: 30 * day,
      },
    },
  ];
}
