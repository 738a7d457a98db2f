import { describe, expect, it } from 'vitest';
import { exampleLayout, exampleResult, exampleTask, fakeClient, neverFired } from '../testing/fakes.js';
import type { EvaluateTask, MechanismCall } from '../interfaces/messages.js';
import { examplePlan } from '../testing/plan.js';
import { inMemoryTransport, onDemandTransport } from './transport.js';

describe('inMemoryTransport', () => {
  it('carries a view of a larger buffer as the view alone, both ways', async () => {
    const memory = new Float32Array(1000).fill(7);
    let arrived = 0;
    const client = {
      ...fakeClient('a', ({ payload }) => {
        arrived = payload.values.buffer.byteLength;
        return exampleResult({ payload: { layout: exampleLayout, values: memory.subarray(8, 16) } });
      }),
      call: async ({ body }: MechanismCall) => {
        expect((body as Uint8Array).buffer.byteLength).toBe(2);
        return new Uint8Array(Buffer.from([1, 2, 3, 4]).subarray(1, 3));
      },
    };
    const transport = inMemoryTransport([client]);
    const task = exampleTask({ payload: { layout: exampleLayout, values: memory.subarray(0, 8) } });
    const { payload } = await transport.client('a').answer(task, neverFired);
    expect([arrived, payload.values.buffer.byteLength]).toEqual([32, 32]);
    const { runId, round, planHash, cohort } = exampleTask();
    const body = Uint8Array.of(0, 1, 2).subarray(1);
    const call = { runId, round, planHash, cohort, mechanism: 'm', body };
    const answer = (await transport.client('a').call(call, neverFired)) as Uint8Array;
    expect([...answer]).toEqual([2, 3]);
    expect(answer.buffer.byteLength).toBe(2);
    // What was sent is still there: it was copied, not moved.
    expect(memory.length).toBe(1000);
    expect(task.payload.values.length).toBe(8);
  });

  it('shares no memory, not even shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(32)) as unknown as Float32Array<ArrayBuffer>;
    const client = fakeClient('a', () => exampleResult({ payload: { layout: exampleLayout, values: shared } }));
    const { payload } = await inMemoryTransport([client]).client('a').answer(exampleTask(), neverFired);
    shared[0] = 1;
    expect(payload.values[0]).toBe(0);
  });

  it('fails for an answer that has a function in it', async () => {
    const answer = { ...exampleResult(), metrics: { loss: () => 1 } };
    const transport = inMemoryTransport([fakeClient('a', () => answer)]);
    await expect(transport.client('a').answer(exampleTask(), neverFired)).rejects.toThrow();
  });

  it.each([undefined, null, { ...exampleResult(), payload: { values: 7 } }])(
    'hands on an answer that is %s: what is none is refused where it is received',
    async (answer) => {
      const transport = inMemoryTransport([fakeClient('a', () => answer)]);
      expect(await transport.client('a').answer(exampleTask(), neverFired)).toEqual(answer);
    },
  );

  it.each(['a', '__proto__'])('refuses two clients named %s', (id) => {
    const clients = ['other', id, 'more', id].map((name) => fakeClient(name, () => exampleResult()));
    expect(() => inMemoryTransport(clients)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: id }),
    );
  });

  it.each(['nobody', 'constructor', '__proto__'])('does not know %s', async (id) => {
    const transport = inMemoryTransport([fakeClient('a', () => exampleResult())]);
    await expect(transport.client(id).answer(exampleTask(), neverFired)).rejects.toMatchObject({
      code: 'CLIENT_UNKNOWN',
      subject: id,
    });
  });

  it('asks nobody once it is closed', async () => {
    const transport = inMemoryTransport([fakeClient('a', () => exampleResult())]);
    await transport.close();
    await expect(transport.client('a').answer(exampleTask(), neverFired)).rejects.toMatchObject({
      code: 'CLIENT_UNKNOWN',
    });
  });

  it('reaches each of a client by its own way, with what is passed copied', async () => {
    const { runId, round, planHash, cohort, payload } = exampleTask();
    const heard: unknown[] = [];
    const client = {
      ...fakeClient('a', () => exampleResult()),
      propose: async (plan: unknown) => void heard.push(plan),
      evaluate: async (task: EvaluateTask) => (heard.push(task), { clientId: 'a', weight: 3, metrics: { auc: 1 } }),
      call: async (call: MechanismCall) => (heard.push(call), 7),
    };
    const there = inMemoryTransport([client]).client('a');
    const plan = examplePlan();
    const scored = { runId, round, planHash, payload, taken: null };
    const call = { runId, round, planHash, cohort, mechanism: 'keys', body: { of: [Uint8Array.of(1)] } };
    expect((await there.describe(neverFired)).clientId).toBe('a');
    await there.propose(plan, neverFired);
    expect(await there.evaluate(scored, neverFired)).toEqual({ clientId: 'a', weight: 3, metrics: { auc: 1 } });
    expect(await there.call(call, neverFired)).toBe(7);
    expect(heard).toEqual([plan, scored, call]);
    [plan, scored, call].forEach((sent, i) => expect(heard[i]).not.toBe(sent));
    expect((heard[2] as typeof call).body.of[0]).not.toBe(call.body.of[0]);
  });
});

describe('onDemandTransport', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `client-${i}`);

  it('makes a client when it is asked, each time anew, and waits for it', async () => {
    const made: string[] = [];
    const transport = onDemandTransport(ids, async (id) => {
      made.push(id);
      return fakeClient(id, () => exampleResult({ clientId: id }));
    });
    expect(transport.clients()).toEqual(ids);
    expect(made).toEqual([]);
    for (const id of ['client-7', 'client-999', 'client-7'])
      expect((await transport.client(id).answer(exampleTask(), neverFired)).clientId).toBe(id);
    expect(made).toEqual(['client-7', 'client-999', 'client-7']);
  });

  it('sends the task as it was at the call, however long the client takes to be made', async () => {
    let arrived = Number.NaN;
    const transport = onDemandTransport(['a'], async () => {
      await Promise.resolve();
      return fakeClient('a', ({ payload }) => {
        arrived = payload.values[0]!;
        return exampleResult();
      });
    });
    const task = exampleTask();
    const answer = transport.client('a').answer(task, neverFired);
    task.payload.values[0] = 5;
    await answer;
    expect(arrived).toBe(0);
  });

  it.each(['nobody', 'client-1000', '__proto__'])('makes no %s', async (id) => {
    const transport = onDemandTransport(ids, () => expect.unreachable());
    await expect(transport.client(id).answer(exampleTask(), neverFired)).rejects.toMatchObject({
      code: 'CLIENT_UNKNOWN',
    });
  });

  it('makes nobody once it is closed or stopped', async () => {
    const transport = onDemandTransport(ids, () => expect.unreachable());
    const stopped = AbortSignal.abort();
    await expect(transport.client('client-1').answer(exampleTask(), stopped)).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await transport.close();
    await expect(transport.client('client-1').answer(exampleTask(), neverFired)).rejects.toMatchObject({
      code: 'CLIENT_UNKNOWN',
    });
  });

  it('fails the client that can not be made', async () => {
    const transport = onDemandTransport(ids, () => Promise.reject(new Error('no data')));
    await expect(transport.client('client-1').answer(exampleTask(), neverFired)).rejects.toThrow('no data');
  });

  it.each(['other', '__proto__'])('refuses two clients named %s', (id) => {
    expect(() => onDemandTransport(['a', id, 'b', id], () => expect.unreachable())).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: id }),
    );
  });
});
