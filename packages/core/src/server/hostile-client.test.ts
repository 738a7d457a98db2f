import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Update } from '../interfaces/messages.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import type { Transport } from '../interfaces/client.js';
import { fakeAccountant, fakeEvent, fakeMechanism, exampleFederation, meanAggregator } from '../testing/fakes.js';
import type { MeanState } from '../testing/fakes.js';
import type { Federation } from './federation.js';
import { examplePrivacy } from '../testing/plan.js';
import { answering } from '../testing/transports.js';
import { constant, filled, onePlan, runOf } from '../testing/rounds.js';
import { runFederation } from './run.js';

const plan = onePlan({ rounds: 2, onInvalidUpdate: 'drop' });
const honest = [constant('a', 1), constant('b', 3)];

/** Two clients, and a third that says whatever it likes: nothing is copied on the way. */
function transportWith(third: () => Promise<unknown>): Transport {
  const transport = inMemoryTransport([...honest, constant('c', 0)]);
  return answering(transport, (id, _task, _signal, pass) => (id === 'c' ? third() : pass()));
}

const unreadable = (member: string, value?: unknown) =>
  Object.defineProperty(new Error('x'), member, {
    get: () => {
      if (value !== undefined) return value;
      throw new TypeError('not to be read');
    },
  });

describe('one client of three', () => {
  const rejections: [string, unknown][] = [
    ['an object without a prototype', Object.create(null)],
    ['an error whose message is a number', Object.assign(new Error(), { message: 42 })],
    ['an error whose message is a symbol', Object.assign(new Error(), { message: Symbol('x') })],
    ['an error whose message is an object without a prototype', Object.assign(new Error(), { message: Object.create(null) as unknown })], // prettier-ignore
    ['an error whose message throws', unreadable('message')],
    ['an error whose code throws', unreadable('code')],
    ['an error whose name throws', unreadable('name')],
    ['an error whose code is an object', unreadable('code', {})],
    ['a proxy that throws whatever is asked', new Proxy({}, { get: () => { throw new Error('no'); }, getPrototypeOf: () => { throw new Error('no'); } })], // prettier-ignore
    ['undefined', undefined],
    ['a symbol', Symbol('x')],
  ];
  it.each(rejections)('that rejects with %s is dropped, and the run goes on', async (_, error) => {
    const audit = memoryAuditSink();
    const transport = transportWith(() => Promise.reject(error as Error));
    const { rounds, model } = await runFederation(exampleFederation({ plan, transport, audit }));
    expect(rounds.map(({ dropped }) => dropped.map(({ id, code }) => [id, code]))).toEqual(
      Array(2).fill([['c', 'CLIENT_FAILED']]),
    );
    expect(model.values[0]).toBe(4); // the mean change of a and b, twice
    expect(audit.events.filter(({ type }) => type === 'dropout')).toHaveLength(2);
  });

  const many = 1_000_000;
  const answers: [string, Partial<Record<keyof Update, unknown>>][] = [
    ['a weight of 1.7e308', { weight: 1.7e308 }],
    ['a weight that is no number of records', { weight: 2 ** 33 }],
    ['a value of 3e38', { payload: filled(3e38) }],
    ['a value of -1e13', { payload: filled(-1e13) }],
    ['a NaN', { payload: filled(Number.NaN) }],
    ['a million metrics', { metrics: Object.fromEntries(Array.from({ length: many }, (_, i) => [`m${i}`, i])) }],
    ['a million charges', { spent: Array<unknown>(many).fill(fakeEvent) }],
    ['a million charges in one', { spent: [{ type: 'composed', events: Array<unknown>(many).fill(fakeEvent) }] }],
    ['a metric with a name of a million characters', { metrics: { ['x'.repeat(many)]: 1 } }],
    ['a million tensors', { payload: { layout: { size: 8, tensors: Array<unknown>(many).fill({ name: 'w', shape: [] }) }, values: new Float32Array(8) } }], // prettier-ignore
    ['a member that nobody asked for, of a million', { extra: Array<unknown>(many).fill(0) } as never],
    ['metrics that throw', { metrics: Object.defineProperty({}, 'loss', { enumerable: true, get: () => { throw new Error('no'); } }) }], // prettier-ignore
  ];
  it.each(answers)('that sends %s is dropped, and the run goes on', async (_, changes) => {
    const transport = transportWith(async () => ({ ...(await constantC()), ...changes }));
    const run = await runFederation(exampleFederation({ plan: onePlan({ onInvalidUpdate: 'drop' }), transport }));
    expect(run.rounds[0]!.dropped).toMatchObject([{ id: 'c' }]);
    expect(run.model.values[0]).toBe(2);
  });

  it('that tells metrics that are no numbers is heard without them', async () => {
    const metrics = { loss: { valueOf: () => { throw new Error('no'); } }, other: Symbol('x'), [Symbol('y')]: 1 }; // prettier-ignore
    const transport = transportWith(async () => ({ ...(await constantC()), metrics }));
    const { rounds } = await runFederation(exampleFederation({ plan: onePlan(), transport }));
    expect(rounds[0]).toMatchObject({ participants: ['a', 'b', 'c'], trainLoss: null });
  });

  it.each([1e12, 2, 0.5])('that has the weight %s where every weight is 1 is dropped', async (weight) => {
    const charged = { metrics: {}, spent: [fakeEvent] };
    const mechanisms = [fakeMechanism()];
    const clients = [constant('a', 1, charged), constant('b', 3, charged), constant('c', 100, { ...charged, weight })];
    const { rounds, model } = await runOf(clients, {
      plan: onePlan({ privacy: examplePrivacy, onInvalidUpdate: 'drop' }),
      ...{ mechanisms, accountant: fakeAccountant },
    });
    expect(rounds[0]!.dropped).toMatchObject([{ id: 'c', code: 'UPDATE_INVALID' }]);
    expect(model.values[0]).toBe(2);
  });
});

/** The update of an honest client c. */
const constantC = () => constant('c', 2).answer({ round: 0 } as never, new AbortController().signal);

describe('what is not finite', () => {
  it.each([
    ['sum', { reduce: () => ({ add: () => undefined, finish: () => ({ payload: new Float64Array(8).fill(Number.NaN), divisor: 1, count: 1 }) }) }], // prettier-ignore
    ['model', { apply: () => ({ values: new Float32Array(8).fill(Infinity), rounds: 1 }) }],
  ])('a new %s ends the round by the name of a tensor, and no checkpoint holds it', async (_, changes) => {
    const checkpoints = memoryCheckpointStore();
    const run = runOf(honest, { aggregator: meanAggregator(changes as never), checkpoints });
    await expect(run).rejects.toMatchObject({ code: 'UPDATE_NOT_FINITE', subject: '0.dense.kernel' });
    expect(await checkpoints.load('run-1')).toBeUndefined();
  });
});

describe('a client that never answers', () => {
  afterEach(() => void vi.useRealTimers());
  const silent = () => transportWith(() => new Promise(() => undefined));
  const hours = async (federation: Federation<MeanState>, n: number) => {
    vi.useFakeTimers();
    let done: unknown;
    const run = runFederation(federation).then((result) => (done = result.rounds[0]!.dropped));
    await vi.advanceTimersByTimeAsync(n * 3_600_000 - 1000);
    const before = done;
    await vi.advanceTimersByTimeAsync(2000);
    return { before, after: done, run };
  };
  const { simulationOnly: _, ...real } = exampleFederation({ plan: onePlan() });
  void _;

  it('is dropped after an hour where the plan says nothing', async () => {
    const { before, after } = await hours({ ...real, transport: silent() }, 1);
    expect(before).toBeUndefined();
    expect(after).toMatchObject([{ id: 'c', code: 'DEADLINE_PASSED', reason: 'no answer within 3600 s' }]);
  });

  it('is dropped when the federation says, and when the plan says', async () => {
    const two = await hours({ ...real, transport: silent(), deadlineSeconds: 7200 }, 2);
    expect([two.before, two.after]).toMatchObject([undefined, [{ id: 'c' }]]);
    const inPlan = { ...real, plan: onePlan({ deadlineSeconds: 3 * 3600 }), transport: silent(), deadlineSeconds: 1 };
    const three = await hours(inPlan, 3);
    expect([three.before, three.after]).toMatchObject([undefined, [{ id: 'c' }]]);
  });

  it('is waited for in a simulation, and where the federation says that it has time', async () => {
    for (const patient of [{ simulationOnly: true }, { deadlineSeconds: Infinity }]) {
      const stop = new AbortController();
      const federation = { ...real, ...patient, transport: silent(), signal: stop.signal };
      const { after, run } = await hours(federation, 1000);
      expect(after).toBeUndefined();
      stop.abort();
      await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    }
  });
});
