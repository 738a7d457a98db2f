import { MessageChannel } from 'node:worker_threads';
import {
  inMemoryTransport,
  type AccountableLog,
  type AuditEvent,
  type Client,
  type Task,
  type Transport,
  type Update,
} from '@fedward/core';
import { transportCompliance } from '@fedward/testkit/transport';
import { describe, expect, it, vi } from 'vitest';
import { receiveError, sendError } from './errors.js';
import { arrived, Frames } from './frames.js';
import type { Frame, SiteDone, SiteJob } from './messages.js';
import { answerOf } from './site-jobs.js';
import type { ThreadMemory } from './thread.js';
import { threadTransport, type ThreadTransportOptions } from './transport.js';

const sites = { plan: '{}', strategy: false, seeded: true };
const data = {
  id: 0,
  count: 1,
  featureShape: [1],
  from: { features: new Float32Array(1), labels: new Float32Array(1) },
};

/** A thread that is none: what crosses goes through a message channel all the same, both ways. */
function loopback(clients: readonly Client[], events: readonly AuditEvent[] = []): ThreadTransportOptions['pool'] {
  const memory: ThreadMemory = {};
  let newest: Frame | undefined;
  const crossed = <T>(message: T, transfer: readonly ArrayBufferLike[] = []): Promise<T> =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port2.once('message', (copy: T) => (port1.close(), resolve(copy)));
      port1.postMessage(message, transfer as ArrayBuffer[]);
    });
  let last: Promise<unknown> = Promise.resolve();
  return {
    async run(clientId, makeJob, signal) {
      const sent = crossed(makeJob(memory) as SiteJob);
      // In the order of sending, as a thread gets them.
      const there = last.then(async () => {
        const job = await sent;
        if (job.frame) newest = arrived(job.frame);
        return { taken: job.taken, frame: newest! };
      });
      last = there;
      const { taken, frame } = await there;
      const client = clients.find(({ id }) => id === clientId)!;
      const written = () => ({ events, work: [] });
      try {
        const { result, transfer } = await answerOf(client, frame, taken, signal, written);
        return await crossed(result, transfer);
      } catch (error) {
        return crossed<SiteDone>({ ...written(), error: sendError(error) });
      }
    },
  };
}

const connect = (clients: Client[], options: Partial<ThreadTransportOptions> = {}): Transport =>
  threadTransport({
    local: inMemoryTransport(clients),
    pool: loopback(clients),
    sites,
    dataOf: () => data,
    ...options,
  });

transportCompliance({ connect: async (clients) => connect(clients) }).register({ describe, it });

describe('a site in a thread', () => {
  const event: AuditEvent = { type: 'training', time: '', runId: 'run', round: 0, details: {} };
  const update = ({ payload }: { readonly payload: Update['payload'] }): Update => ({
    ...{ clientId: 'a', baseRound: 0, payload, weight: 1, metrics: {}, spent: [], simulationOnly: true },
  });
  const client = (answer: Client['answer']): Client => ({ ...inMemoryTransport([]).client('a'), answer });
  const task = (values = new Float32Array(2)) => ({
    ...{
      runId: 'run',
      round: 0,
      planHash: 'sha256:0',
      cohort: Object.freeze(['a', 'b']),
      instructions: {},
      taken: null,
    },
    payload: { layout: { tensors: [{ name: 'w', shape: [2], offset: 0, size: 2 }], size: 2 }, values },
  });
  const never = new AbortController().signal;

  it('has its events in the log before its answer is handed on', async () => {
    let written: () => void = () => undefined;
    const append = vi.fn(() => new Promise<never>((resolve) => (written = () => resolve(undefined as never))));
    const clients = [client(async (asked) => update(asked))];
    const pool = loopback(clients, [event]);
    const transport = connect(clients, { pool, audit: { append, close: async () => undefined } });
    const handedOn = vi.fn();
    const answer = transport.client('a').answer(task(), never).then(handedOn);
    await vi.waitFor(() => expect(append).toHaveBeenCalledExactlyOnceWith(event));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(handedOn).not.toHaveBeenCalled();
    written();
    await answer;
    expect(handedOn).toHaveBeenCalledOnce();
  });

  it('releases nothing that the log did not take', async () => {
    const clients = [client(async (asked) => update(asked))];
    const append = () =>
      Promise.reject(receiveError({ name: 'FedwardError', code: 'AUDIT_FAILED', message: 'disk full' }));
    const transport = connect(clients, {
      pool: loopback(clients, [event]),
      audit: { append, close: async () => undefined },
    });
    await expect(transport.client('a').answer(task(), never)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });

  it('that refuses has said so in the log', async () => {
    const append = vi.fn(async () => ({ index: 0, root: '' }));
    const clients = [
      client(() => Promise.reject(receiveError({ name: '', code: 'PLAN_NOT_APPROVED', message: 'not this' }))),
    ];
    const transport = connect(clients, {
      pool: loopback(clients, [event]),
      audit: { append, close: async () => undefined },
    });
    await expect(transport.client('a').answer(task(), never)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
    expect(append).toHaveBeenCalledExactlyOnceWith(event);
  });
});

describe('a site in a thread with a log of its own', () => {
  const head = { index: 7, root: 'ab', checkpoint: 'the head', grown: [{ size: 3, proof: [] }] };
  const task = {
    ...{ runId: 'run', round: 0, planHash: 'sha256:0', cohort: ['a'], instructions: {}, taken: null },
    ...{ head, noted: 3, cosignature: 'theirs' },
    payload: {
      layout: { tensors: [{ name: 'w', shape: [1], offset: 0, size: 1 }], size: 1 },
      values: new Float32Array(1),
    },
  };
  const event: AuditEvent = { type: 'training', time: '', runId: 'run', round: 0, details: {} };
  const never = new AbortController().signal;

  /** What the thread gives has the places of head and entry; what is in them only the main thread has. */
  function site(note: () => Promise<string> = async () => 'ours') {
    const events: AuditEvent[] = [];
    const asked: Task[] = [];
    const answer: Client['answer'] = async (given) => {
      asked.push(given);
      const { payload } = given;
      const shown = { head: { index: 0, root: '' }, entry: { entry: '', proof: '' } };
      return {
        clientId: 'a',
        baseRound: 0,
        payload,
        weight: 1,
        metrics: {},
        spent: [],
        simulationOnly: true,
        ...shown,
      };
    };
    const clients = [{ ...inMemoryTransport([]).client('a'), answer }];
    const audit: AccountableLog = {
      verifierKey: 'key',
      append: async (written) => ({ index: 4 + events.push(written), root: 'cd' }),
      head: async (known) => ({ index: 9, root: 'ef', checkpoint: `grown from ${String(known)}` }),
      prove: async (index) => ({ entry: `entry ${index}`, proof: 'proof' }),
      close: async () => undefined,
    };
    const noted = vi.fn(note);
    const witness = {
      seen: async () => 0,
      note: noted,
      assertCosigned: () => undefined,
      assertLogged: () => undefined,
    };
    const transport = connect(clients, {
      pool: loopback(clients, [event]),
      ownOf: () => ({ audit, witness }),
    });
    return { transport, events, asked, noted };
  }

  it('shows its log as the main thread has it: head, entry and cosignature', async () => {
    const { transport, events, asked, noted } = site();
    const update = await transport.client('a').answer(task, never);
    expect(update).toMatchObject({
      head: { index: 9, root: 'ef', checkpoint: 'grown from 3' },
      entry: { entry: 'entry 5', proof: 'proof' },
      cosignature: 'ours',
    });
    expect(events).toEqual([event]);
    expect(noted).toHaveBeenCalledExactlyOnceWith('coordinator', head);
    // The thread sees where the server's log stands, and nothing that is for this site alone.
    expect(asked[0]!.head).toEqual({ index: 7, root: 'ab' });
    expect(asked[0]).not.toHaveProperty('noted');
    expect(asked[0]).not.toHaveProperty('cosignature');
  });

  it("refuses a server's log that does not go on, before anything is computed, and says so in its own", async () => {
    const { transport, events, asked } = site(() =>
      Promise.reject(receiveError({ name: '', code: 'AUDIT_TAMPERED', message: 'it is another' })),
    );
    await expect(transport.client('a').answer(task, never)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
    expect(asked).toEqual([]);
    expect(events).toMatchObject([
      { type: 'refusal', clientId: 'a', round: 0, details: { code: 'AUDIT_TAMPERED', reason: 'it is another' } },
    ]);
  });
});

describe('what the tasks of a round have in common', () => {
  const taskOf = (round: number, values: Float32Array) => ({
    ...{ runId: 'run', round, planHash: 'sha256:0', cohort, instructions: { mu: 1 }, taken: null },
    payload: { layout: { tensors: [{ name: 'w', shape: [2], offset: 0, size: 2 }], size: 2 }, values },
  });
  const cohort = Object.freeze(['a', 'b']);

  it('is one frame, in shared memory, until anything in it is another', () => {
    const frames = new Frames(sites);
    const first = frames.of(taskOf(0, Float32Array.of(1, 2)));
    expect(first.sent.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(frames.of({ ...taskOf(0, Float32Array.of(1, 2)), taken: 3 })).toBe(first);
    const others = [taskOf(1, Float32Array.of(1, 2)), taskOf(0, Float32Array.of(1, 3)), { ...taskOf(0, Float32Array.of(1, 2)), cohort: ['a', 'b'] }]; // prettier-ignore
    for (const other of others) {
      expect(frames.of(taskOf(0, Float32Array.of(1, 2)))).toEqual(first);
      expect(frames.of(other)).not.toBe(frames.of(taskOf(0, Float32Array.of(1, 2))));
    }
  });

  it('is as it was when it was sent', () => {
    const values = Float32Array.of(1, 2);
    const task = taskOf(0, values);
    const frame = new Frames(sites).of(task);
    values[0] = 9;
    task.instructions.mu = 9;
    expect([...frame.sent]).toEqual([1, 2]);
    expect(frame.task.instructions).toEqual({ mu: 1 });
  });
});
