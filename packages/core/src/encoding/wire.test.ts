import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { State } from '../base/state.js';
import type { Client } from '../interfaces/client.js';
import type { MechanismCall, Task, Update } from '../interfaces/messages.js';
import { createLayout, createTensors, digestTensors, type ElementArray } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import { runFederation } from '../server/run.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleDescription, exampleFederation, exampleResult, exampleSites, exampleTask, fakeClient, neverFired } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan } from '../testing/plan.js';
import { exampleQueryPlan } from '../testing/queries.js';
import { encodeSafetensors } from './safetensors.js';
import { decodeQuestion, decodeReply, encodeQuestion, encodeReply, errorAsData, errorFromData, questionOfParts, questionParts, remoteClient, replyOfParts, replyParts, serveClient, type Question, type Reply } from './wire.js'; // prettier-ignore

const double = fc.double();
const values: fc.Arbitrary<ElementArray> = fc.oneof(
  fc.array(fc.float(), { minLength: 1 }).map((x) => Float32Array.from(x)),
  fc.array(double, { minLength: 1 }).map((x) => Float64Array.from(x)),
  fc.array(fc.nat(2 ** 32 - 1), { minLength: 1 }).map((x) => Uint32Array.from(x)),
);
const tensors = fc.tuple(values, fc.string({ unit: 'grapheme' })).map(([values, name]) => ({
  layout: createLayout([{ name, shape: [values.length] }]),
  values,
}));
const state = fc.letrec<{ state: State }>((tie) => ({
  state: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<State>(null, true, -0, Number.NaN, Infinity, -Infinity, '$tensor', '__proto__'),
    double,
    fc.string({ unit: 'grapheme' }),
    values,
    fc.uint8Array(),
    fc.array(tie('state')),
    fc.dictionary(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('$tensor', '$number', '$', '__proto__')),
      tie('state'),
    ),
  ),
})).state;

/** The same in every bit: NaN and -0 too, and what arrays are of. */
const bits = (value: unknown): unknown => {
  if (ArrayBuffer.isView(value)) return [value.constructor.name, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')]; // prettier-ignore
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return value.map(bits);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([name, member]) => [name, bits(member)]).sort(([a], [b]) => (a! < b! ? -1 : 1)); // prettier-ignore
};

/** As bytes come from a network: at any place of a larger buffer. */
const moved = (bytes: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(bytes.length + 9);
  whole.set(bytes, 3);
  return whole.subarray(3, 3 + bytes.length);
};

describe('what servers and sites say to each other', () => {
  it('arrives bit for bit: tasks and updates of every kind of number', () =>
    fc.assert(
      fc.property(tensors, double, (payload, number) => {
        const head = { index: 3, root: 'ab' };
        const task: Task = exampleTask({ payload, instructions: { number: Number.isFinite(number) ? number : 1 }, taken: 2, head, forMechanisms: { m: { a: [1] } } }); // prettier-ignore
        expect(bits(decodeQuestion(moved(encodeQuestion({ kind: 'answer', task }))))).toEqual(
          bits({ kind: 'answer', task }),
        );
        const answer: Update = exampleResult({ payload, weight: number, head });
        const reply = decodeReply(moved(encodeReply({ answer: answer as unknown as State })));
        expect(bits(reply)).toEqual(bits({ answer }));
      }),
    ));

  it('arrives bit for bit: whatever mechanisms say', () =>
    fc.assert(
      fc.property(state, (body) => {
        const { runId, round, planHash, cohort } = exampleTask();
        const call: MechanismCall = { runId, round, planHash, cohort, mechanism: 'm', body };
        expect(bits(decodeQuestion(moved(encodeQuestion({ kind: 'call', call }))))).toEqual(
          bits({ kind: 'call', call }),
        );
        expect(bits(decodeReply(moved(encodeReply({ answer: body }))))).toEqual(bits({ answer: body }));
      }),
    ));

  it('arrives bit for bit in two parts as well, and its arrays are the same bytes whoever is asked', () =>
    fc.assert(
      fc.property(tensors, state, (payload, body) => {
        const task = exampleTask({ payload });
        const parts = questionParts({ kind: 'answer', task });
        expect(bits(questionOfParts(parts))).toEqual(bits({ kind: 'answer', task }));
        const other = questionParts({ kind: 'answer', task: { ...task, round: 7, cohort: ['b'] } });
        expect(other.arrays).toEqual(parts.arrays);
        expect(other.said).not.toEqual(parts.said);
        expect(bits(replyOfParts(replyParts({ answer: body })))).toEqual(bits({ answer: body }));
      }),
    ));

  it('is refused in two parts where one is missing, or of another protocol', () => {
    const parts = questionParts({ kind: 'answer', task: exampleTask() });
    const invalid = expect.objectContaining({ code: 'MESSAGE_INVALID' }) as Error;
    expect(() => questionOfParts({ said: parts.said })).toThrow(invalid);
    expect(() => questionOfParts({ ...parts, said: parts.said.replace('"protocol":1', '"protocol":9') })).toThrow('protocol 9'); // prettier-ignore
    expect(() => questionOfParts({ ...parts, said: '{' })).toThrow(invalid);
    expect(() => replyOfParts(parts)).toThrow(invalid);
  });

  it('has one spelling: the same message is the same bytes', () => {
    const { payload, instructions, ...rest } = exampleTask();
    const [one, other] = [
      { ...rest, payload, instructions },
      { instructions, payload, ...rest },
    ];
    expect(encodeQuestion({ kind: 'answer', task: one })).toEqual(encodeQuestion({ task: other, kind: 'answer' }));
  });

  it.each([
    ['the memory of a neighbour', () => ({ kind: 'describe' }) as Question, 300],
    [
      'a view of a larger buffer',
      () => ({ kind: 'call', call: { ...callOf(), body: new Uint8Array(1e6).subarray(0, 4) } }) as Question,
      600,
    ],
  ])('does not carry %s', (_, question, most) => {
    expect(encodeQuestion(question()).length).toBeLessThan(most);
  });
});

describe('an error on its way', () => {
  const roundTrip = (error: unknown): Error => {
    const reply = decodeReply(encodeReply({ error: errorAsData(error) }));
    return errorFromData((reply as Extract<Reply, { error: unknown }>).error);
  };

  it.each([
    ['a code that is known', new FedwardError('PLAN_NOT_APPROVED', 'not mine', 'a'), 'configuration'],
    ['a code of a newer version, of the family run', new FedwardError('KEY_EXPIRED', 'renew it', 'key'), 'run'],
    [
      'a code of a newer version, of the family configuration',
      new FedwardError('KEY_UNKNOWN', 'x', 'key', { family: 'configuration' }),
      'configuration',
    ],
  ])('keeps %s, its family, its words and its subject', (_, error, family) => {
    const { code, message, subject } = error;
    const arrived = roundTrip(error);
    expect(arrived).toMatchObject({ name: 'FedwardError', code, message, subject, family });
    expect(arrived).toBeInstanceOf(FedwardError);
  });

  it('that is no FedwardError arrives by its words', () => {
    for (const [error, words] of [
      [new TypeError('a bug'), 'a bug'],
      ['text', 'text'],
      [undefined, 'undefined'],
    ] as const) {
      const arrived = roundTrip(error);
      expect(arrived.message).toBe(words);
      expect(arrived).not.toHaveProperty('code');
    }
  });

  it.each<[string, object]>([
    ['a message that is a number', { message: 42 }],
    ['a subject that is an object', { subject: {} }],
    ['a family that is none', { family: 'weather' }],
    ['a subject in ill-formed text', { subject: '\ud800' }],
    ['a message in ill-formed text', { message: '\ud800' }],
    ['a code that is too long', { code: 'X'.repeat(100) }],
  ])('with %s arrives all the same', (_, changes) => {
    const error = Object.assign(new FedwardError('CLIENT_FAILED', 'words', 'a'), changes);
    expect(roundTrip(error)).toBeInstanceOf(Error);
  });

  it('of a getter that throws arrives all the same', () => {
    for (const member of ['message', 'subject', 'family']) {
      const error = Object.defineProperty(new FedwardError('CLIENT_FAILED', 'words'), member, {
        get: () => {
          throw new Error('not to be read');
        },
      });
      expect(roundTrip(error)).toMatchObject({ code: 'CLIENT_FAILED' });
    }
  });
});

describe('a client behind bytes', () => {
  const far = (client: Client): Client => {
    const serve = serveClient(client);
    return remoteClient(client.id, async (bytes, signal) => moved(await serve(moved(bytes), signal)));
  };

  it('gives the same run as one that is here', async () => {
    const plan = examplePlan({ rounds: 3 });
    const [here, there] = [exampleSites(plan), exampleSites(plan).map(far)];
    const result = async (sites: readonly Client[]) => {
      const { model, ...rest } = await runFederation(exampleFederation({ plan, transport: inMemoryTransport(sites) }));
      return { ...rest, digest: digestTensors(model) };
    };
    expect(await result(there)).toEqual(await result(here));
  });

  it('is asked each question by its own method', async () => {
    const heard: unknown[] = [];
    const client: Client = {
      ...fakeClient('a', (task) => (heard.push(task), exampleResult())),
      propose: async (plan) => void heard.push(plan),
      evaluate: async (task) => (heard.push(task), { clientId: 'a', weight: 2, metrics: { auc: 0.5 } }),
      call: async (call) => (heard.push(call), { key: Uint8Array.of(1) }),
    };
    const { cohort: _, instructions: __, ...scored } = exampleTask();
    void [_, __];
    const there = far(client);
    expect(await there.describe(neverFired)).toEqual(exampleDescription('a'));
    expect(await there.propose(exampleQueryPlan(), neverFired)).toBeUndefined();
    await there.propose(examplePlan(), neverFired);
    expect(await there.answer(exampleTask(), neverFired)).toEqual(exampleResult());
    expect(await there.evaluate(scored, neverFired)).toEqual({ clientId: 'a', weight: 2, metrics: { auc: 0.5 } });
    expect(await there.call(callOf(), neverFired)).toEqual({ key: Uint8Array.of(1) });
    expect(heard).toEqual([exampleQueryPlan(), examplePlan(), exampleTask(), scored, callOf()]);
    expect(planHash(heard[1] as never)).toBe(planHash(examplePlan()));
  });

  it('fails as the client does, and hears of a stop', async () => {
    const failing = far(fakeClient('a', () => Promise.reject(new FedwardError('BUDGET_EXCEEDED', 'all spent', 'a'))));
    await expect(failing.answer(exampleTask(), neverFired)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      subject: 'a',
    });
    const exchange = vi.fn((_: Uint8Array, signal: AbortSignal) => Promise.reject(signal.reason as Error));
    const stop = AbortSignal.abort(new FedwardError('DEADLINE_PASSED', 'too late'));
    await expect(remoteClient('a', exchange).answer(exampleTask(), stop)).rejects.toMatchObject({
      code: 'DEADLINE_PASSED',
    });
  });

  it('that gives what no message can carry says so, and does not reject', async () => {
    for (const answer of [() => 1, new Date(), '\ud800', { deep: Symbol('x') }]) {
      const reply = await serveClient(fakeClient('a', () => answer))(encodeQuestion({ kind: 'answer', task: exampleTask() }), neverFired); // prettier-ignore
      expect(decodeReply(reply)).toHaveProperty('error');
    }
  });

  it('that gives nothing gives null', async () => {
    const there = far(fakeClient('a', () => undefined));
    expect(await there.answer(exampleTask(), neverFired)).toBeNull();
  });
});

describe('bytes that are no message', () => {
  const invalid = expect.objectContaining({ code: 'MESSAGE_INVALID' }) as Error;
  const good = encodeQuestion({ kind: 'describe' });
  const messageOf = (json: unknown) => encodeSafetensors([], { message: JSON.stringify(json) });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['another file', encodeSafetensors([], {})],
    ['a protocol alone', messageOf({ protocol: 1 })],
    ['no protocol', messageOf({ message: { kind: 'describe' } })],
    ['a newer protocol', messageOf({ protocol: 2, message: { kind: 'describe' } })],
    ['an array that is not there', messageOf({ protocol: 1, message: { kind: 'call', call: { $tensor: 7 } } })],
    ['an array named __proto__', messageOf({ protocol: 1, message: { kind: 'call', call: { $tensor: '__proto__' } } })],
    ['a list', messageOf([])],
    ['a text', 'describe' as never],
    ['nothing at all', undefined as never],
    ['other elements', new Uint32Array(good.buffer, 0, Math.floor(good.length / 4)) as never],
    ['100,000 levels', encodeSafetensors([], { message: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })],
  ])('are refused by name: %s', (_, bytes) => {
    expect(() => decodeQuestion(bytes)).toThrow(invalid);
    expect(() => decodeReply(bytes)).toThrow(invalid);
  });

  it('are refused with what to do, where they are of another protocol', () => {
    expect(() => decodeQuestion(messageOf({ protocol: 2, message: { kind: 'describe' } }))).toThrow(
      /protocol 2, this side 1: install matching versions/,
    );
  });

  it('are a question of a kind that is not known', () => {
    expect(() => decodeQuestion(messageOf({ protocol: 1, message: { kind: 'delete' } }))).toThrow(invalid);
    expect(() => decodeReply(messageOf({ protocol: 1, message: { error: 'x' } }))).toThrow(invalid);
  });

  it('never crash a site, and never its server, whatever they are', async () => {
    const good = encodeQuestion({ kind: 'answer', task: exampleTask({ payload: createTensors({ layout: createLayout([{ name: 'w', shape: [3] }]), element: 'u32' }) }) }); // prettier-ignore
    const serve = serveClient(exampleSites(examplePlan())[0]!);
    const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte));
    const cut = fc.nat(good.length).map((length) => good.slice(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, cut), async (bytes) => {
        expect(decodeReply(await serve(bytes, neverFired))).toHaveProperty('error');
        const reply = remoteClient('a', async () => bytes).describe(neverFired);
        await reply.catch((error: unknown) => expect(error).toBeInstanceOf(Error));
      }),
      { numRuns: 200 },
    );
  });
});

const callOf = (): MechanismCall => {
  const { runId, round, planHash, cohort } = exampleTask();
  return { runId, round, planHash, cohort, mechanism: 'm', body: null };
};

describe('a door of a site', () => {
  it.each([0, 0.5, -1, 2])('takes no question of protocol %d', (protocol) => {
    const message = `{"message":{"kind":"describe"},"protocol":${protocol}}`;
    expect(() => decodeQuestion(encodeSafetensors([], { message }))).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.stringContaining('protocol') as string }),
    );
  });

  it('hands no proposal on that is no plan', async () => {
    const propose = vi.fn(async () => undefined);
    const serve = serveClient({ ...fakeClient('a', () => null), propose });
    const reply = decodeReply(await serve(encodeQuestion({ kind: 'propose', plan: { rounds: -1 } }), neverFired));
    expect(reply).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
    expect(propose).not.toHaveBeenCalled();
  });
});
