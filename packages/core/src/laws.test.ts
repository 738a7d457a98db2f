import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from './base/errors.js';
import { canonicalJson } from './base/json.js';
import { decodeCheckpoint, encodeCheckpoint } from './encoding/checkpoint.js';
import { decodeSafetensors } from './encoding/safetensors.js';
import { encodeQuestion } from './encoding/wire.js';
import { PluginRegistry } from './plugins/registry.js';
import type { AuditEvent, AuditSink } from './interfaces/audit.js';
import type { Client } from './interfaces/client.js';
import type { Task } from './interfaces/messages.js';
import { memoryAuditSink } from './memory/audit.js';
import { memoryCheckpointStore, memoryClientStore } from './memory/stores.js';
import { inMemoryTransport } from './memory/transport.js';
import { createParameters, digestTensors } from './parameters/parameters.js';
import { weightedSum } from './aggregation/weighted-sum.js';
import { parseAnyPlan, parsePlan, planHash, type TrainingPlanInput } from './plan/plan.js';
import { noNoise, SecureNoise, SeededNoise, type NoiseSource } from './random/noise.js';
import { Random } from './random/random.js';
import { secretRandomness, simulatedRandomness } from './random/randomness.js';
import type { SiteOptions } from './site/options.js';
import { runFederation } from './server/run.js';
import { exampleData, exampleFederation, exampleLayout, exampleResult, exampleSite, exampleSites, exampleTask, fakeAccountant, fakeEvent, fakeMechanism, fakeTrainer, meanAggregator, neverFired } from './testing/fakes.js'; // prettier-ignore
import { examplePlan, examplePlanInput, examplePrivacy } from './testing/plan.js';
import { constant, failing, filled, onePlan, runOf } from './testing/rounds.js';
import { countingStrategy } from './testing/strategies.js';
import { answering, type Answering } from './testing/transports.js';

// Each law of the design has a test by its words. 8 is in server/round-memory.slow.test.ts; 9, and what is of the whole
// product, in test/laws.test.ts; the inputs of law 12 beside a plan in run-inputs.slow.test.ts of sim-healthcare.

const privatePlan = examplePlan({ privacy: examplePrivacy });
/** The same, with scores at the sites. */
const scoredPlan = examplePlan({ privacy: examplePrivacy, evaluation: { every: 1 } });
const scoredTask = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(scoredPlan), ...changes });
const priced = { plan: privatePlan, mechanisms: [fakeMechanism()] };
const privateTask = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(privatePlan), ...changes });

describe('law 1: No code travels to a hospital.', () => {
  it('A training plan is data: what is no JSON, or names no plugin that is installed, is refused', () => {
    const plan = examplePlan();
    expect(parsePlan(JSON.parse(canonicalJson(plan)))).toEqual(plan);
    for (const code of [() => 1, Symbol('x'), new Date()])
      expect(() => parsePlan({ ...examplePlanInput, aggregator: { name: 'mean', options: { code } } })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    const installed = new PluginRegistry();
    expect(() => installed.create('aggregator', plan.aggregator)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_UNKNOWN' }),
    );
  });

  it('a task brings none either, and a site trains under the SHA-256 that it has approved alone', async () => {
    const train = vi.fn(fakeTrainer().train);
    const site = exampleSite('a', { trainer: fakeTrainer({ train }) });
    const task = exampleTask({ planHash: planHash(examplePlan()) });
    const code: object[] = [{ instructions: { code: () => 1 } }, { forMechanisms: { fake: { code: () => 1 } } }];
    for (const brought of code) {
      await expect(site.answer({ ...task, ...brought }, neverFired)).rejects.toMatchObject({ code: 'TASK_INVALID' });
      expect(() => encodeQuestion({ kind: 'answer', task: { ...task, ...brought } })).toThrow();
    }
    const other = planHash(examplePlan({ seed: 43 }));
    await expect(site.answer({ ...task, planHash: other }, neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' }); // prettier-ignore
    expect(train).not.toHaveBeenCalled();
    await site.answer(task, neverFired);
    expect(train).toHaveBeenCalledOnce();
  });
});

describe('law 2: Everything data-dependent that leaves a site is in the ledger.', () => {
  it('Updates and scores are charged before they are computed, and nothing that was not paid for is beside them', async () => {
    const order: string[] = [];
    const { train, predict } = fakeTrainer();
    const trainer = fakeTrainer({ train: (...given) => (order.push('train'), train(...given)), predict: (...given) => (order.push('predict'), predict(...given)) }); // prettier-ignore
    const ledger = { charge: async ({ event }: { readonly event: unknown }) => void order.push(`charge ${JSON.stringify(event)}`) }; // prettier-ignore
    const mechanisms = [fakeMechanism({ evaluationEvent: () => fakeEvent, onEvaluate: (result) => result })];
    const audit = memoryAuditSink();
    const own = {
      plan: scoredPlan,
      mechanisms,
      trainer,
      ledger,
      audit,
      testData: exampleData(123),
      data: exampleData(123),
    };
    const site = exampleSite('a', { ...own, metrics: () => ({ auc: 0.5 }), randomness: secretRandomness() });
    const { cohort: _, instructions: __, ...scored } = scoredTask();
    void [_, __];
    const update = await site.answer(scoredTask(), neverFired);
    const scores = await site.evaluate(scored, neverFired);
    const charged = `charge ${JSON.stringify(fakeEvent)}`;
    expect(order).toEqual([charged, 'train', charged, 'predict']);
    const { payload: ___, ...beside } = update;
    void ___;
    expect(beside).toMatchObject({ weight: 1, metrics: {}, spent: [fakeEvent] });
    expect(JSON.stringify([beside, scores.weight, audit.events])).not.toContain('123');
  });

  it('a charge that is refused, at the site or before the round, is of nothing that was computed or sent', async () => {
    const train = vi.fn();
    const charge = () => Promise.reject(new FedwardError('BUDGET_EXCEEDED', 'all spent', 'a'));
    const site = exampleSite('a', { ...priced, trainer: fakeTrainer({ train }), ledger: { charge } });
    await expect(site.answer(privateTask(), neverFired)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect(train).not.toHaveBeenCalled();
    const answer = vi.fn<Answering>((_id, _task, _signal, pass) => pass());
    const plan = examplePlan({ privacy: { ...examplePrivacy, budget: { epsilon: 0.15 } } });
    const inner = inMemoryTransport(exampleSites(plan, { mechanisms: priced.mechanisms }));
    const federation = { plan, mechanisms: priced.mechanisms, accountant: fakeAccountant };
    const run = runFederation(exampleFederation({ ...federation, transport: answering(inner, answer) }));
    await expect(run).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect(answer).toHaveBeenCalledTimes(3); // in the first round, and not in the second, which would pass the budget
  });

  it('without a ledger each release of a real site is counted: none is to be had twice', async () => {
    const mechanisms = [fakeMechanism({ evaluationEvent: () => fakeEvent, onEvaluate: (result) => result })];
    const own = { plan: scoredPlan, mechanisms, testData: exampleData(3), metrics: () => ({ auc: 0.5 }) };
    const site = exampleSite('a', { ...own, randomness: secretRandomness() });
    const { cohort: _, instructions: __, ...scored } = scoredTask();
    void [_, __];
    const [first, again] = [scoredTask(), scoredTask({ payload: filled(1) })];
    await site.answer(first, neverFired);
    await site.evaluate(scored, neverFired);
    await expect(site.answer(again, neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
    await expect(site.evaluate({ ...scored, payload: filled(1) }, neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' }); // prettier-ignore
  });
});

describe('law 3: Claims are true or absent.', () => {
  const federation = { ...priced, accountant: fakeAccountant };
  it('An epsilon is told only with its delta, unit, adjacency, accountant and sampling assumption', async () => {
    const { privacy } = await runFederation(exampleFederation(federation));
    expect(privacy).toMatchObject({
      ...{ epsilon: 0.4, delta: 1e-5, unit: 'record', adjacency: 'add-or-remove-one', accountant: 'fake' },
      protects: 'what leaves a site',
    });
    expect(privacy!.assumptions[0]).toMatch(/amplification by sampling/);
  });

  it('where there is no bound there is no number, and where nothing has a price no statement', async () => {
    const bare = fakeMechanism({ event: () => ({ type: 'non-private', reason: 'no noise' }) });
    const transport = inMemoryTransport(exampleSites(privatePlan, { mechanisms: [bare] }));
    const { privacy, rounds } = await runFederation(
      exampleFederation({ ...federation, mechanisms: [bare], transport }),
    );
    expect([privacy!.epsilon, rounds[0]!.epsilon]).toEqual([null, null]);
    expect((await runFederation(exampleFederation())).privacy).toBeNull();
  });

  it('what the accountant does not cover is an error, which names the part and the reason', async () => {
    const sampled = { type: 'poisson-sampled', samplingProbability: 0.5, event: fakeEvent } as const;
    const mechanisms = [fakeMechanism({ event: () => sampled })];
    const run = runFederation(exampleFederation({ ...federation, mechanisms }));
    await expect(run).rejects.toMatchObject({ code: 'EVENT_UNSUPPORTED', family: 'configuration' });
    await expect(run).rejects.toThrow(/poisson-sampled.*the fake accountant knows Gaussian releases alone/);
  });
});

describe('law 4: Seeded randomness and secret randomness are two types.', () => {
  it('A run whose privacy noise is seeded is marked in its result, its log and its statement; one with secret noise is not', async () => {
    for (const [randomness, simulationOnly] of [
      [simulatedRandomness(1), true],
      [secretRandomness(), false],
    ] as const) {
      const audit = memoryAuditSink();
      const { simulationOnly: _, noise: __, ...federation } = exampleFederation({ ...priced, accountant: fakeAccountant, audit }); // prettier-ignore
      void [_, __];
      const transport = inMemoryTransport(exampleSites(privatePlan, { mechanisms: priced.mechanisms, randomness }));
      const result = await runFederation({ ...federation, transport });
      expect(result.simulationOnly).toBe(simulationOnly);
      expect(audit.events.at(-1)!.details['simulationOnly']).toBe(simulationOnly);
      expect(result.privacy!.assumptions.some((text) => text.startsWith('simulation only'))).toBe(simulationOnly);
    }
  });

  it('neither passes for the other: a source that says it is secret and can be foretold is refused under a price', async () => {
    const sources: NoiseSource[] = [new SecureNoise(), new SeededNoise(new Random(1)), noNoise];
    expect(sources.map(({ simulationOnly }) => simulationOnly)).toEqual([false, true, true]);
    for (const streams of [{ noise: () => new SeededNoise(new Random(1)) }, { random: () => new Random(1) }]) {
      const site = exampleSite('a', { ...priced, randomness: { ...secretRandomness(), ...streams } });
      await expect(site.answer(privateTask(), neverFired)).rejects.toMatchObject({ subject: 'randomness' });
    }
    // @ts-expect-error a seeded stream is no source of privacy noise
    const source: NoiseSource = new Random(1);
    expect(source).not.toHaveProperty('simulationOnly');
  });
});

describe('law 5: Same plan, same seed, same bits,', () => {
  const plan = examplePlan({ rounds: 3, privacy: examplePrivacy });
  const federationOf = (changes: object = {}) =>
    exampleFederation({ plan, mechanisms: priced.mechanisms, accountant: fakeAccountant, ...changes });
  const digestOf = async (changes: object = {}) => digestTensors((await runFederation(federationOf(changes))).model);

  it('whatever the order of arrival and the number that is asked at a time', async () => {
    const expected = await digestOf();
    const inner = inMemoryTransport(exampleSites(plan, { mechanisms: priced.mechanisms }));
    for (const [order, concurrency] of [
      [[9, 4, 1], 3],
      [[1, 4, 9], 2],
      [[4, 1, 9], 1],
    ] as const) {
      const late = answering(inner, async (id, _task, _signal, pass) => (await sleep(order[Number(id.at(-1)) - 1]!), pass())); // prettier-ignore
      expect(await digestOf({ transport: late, concurrency })).toBe(expected);
    }
    const other = exampleSites(plan, { mechanisms: priced.mechanisms, randomness: simulatedRandomness(43) });
    expect(await digestOf({ transport: inMemoryTransport(other) })).not.toBe(expected);
  });

  it('and after a kill and a resume', async () => {
    const expected = await digestOf();
    for (let last = 0; last < 2; last++) {
      const checkpoints = memoryCheckpointStore();
      const onRound = ({ round }: { readonly round: number }) => {
        if (round === last) throw new Error('killed');
      };
      await expect(digestOf({ checkpoints, onRound })).rejects.toThrow('killed');
      expect(await digestOf({ checkpoints, resume: true })).toBe(expected);
    }
  });
});

describe('law 6: Fail closed, and early.', () => {
  it('Configuration is validated whole before round 0: nothing has been sent or written', async () => {
    const hiding = { name: 'hiding', requires: [], removes: ['individual-updates'] };
    const masked = examplePlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'hiding' }] } });
    const cases: [string, object][] = [
      ['an aggregator that needs single updates under secure aggregation', { plan: masked, mechanisms: [hiding], aggregator: meanAggregator({ requires: ['individual-updates'] }) }],
      ['an aggregator that the plan does not name', { aggregator: meanAggregator({ name: 'median' }) }],
      ['a quorum that nobody can meet', { plan: examplePlan({ quorum: 4 }) }],
      ['a price without an accountant', priced],
    ]; // prettier-ignore
    for (const [what, changes] of cases) {
      const [answer, append, save] = [vi.fn(), vi.fn(), vi.fn()];
      const audit = { append, close: async () => undefined };
      const checkpoints = { ...memoryCheckpointStore(), save };
      const transport = answering(inMemoryTransport(exampleSites(examplePlan())), answer);
      const run = runFederation(exampleFederation({ transport, audit, checkpoints, ...changes }));
      await expect(run, what).rejects.toMatchObject({ family: 'configuration' });
      for (const spy of [answer, append, save]) expect(spy, what).not.toHaveBeenCalled();
    }
  });

  it('a round below quorum fails by name; a site that drops out is named in the result with the weight lost', async () => {
    const gone = new FedwardError('CLIENT_UNKNOWN', 'b is gone', 'b');
    const short = runOf([constant('a', 1), failing('b', gone)], { plan: onePlan({ quorum: 2 }) });
    await expect(short).rejects.toMatchObject({ code: 'QUORUM_NOT_MET', message: expect.stringContaining('b is gone') as string }); // prettier-ignore
    const b: Client = { ...constant('b', 1), answer: ({ round }) => round > 0 ? Promise.reject(gone) : Promise.resolve(exampleResult({ clientId: 'b', weight: 7 })) }; // prettier-ignore
    const { rounds } = await runOf([constant('a', 1), b], { plan: examplePlan({ rounds: 2 }) });
    expect(rounds[1]!.dropped).toEqual([{ id: 'b', code: 'CLIENT_UNKNOWN', reason: 'b is gone', weightLost: 7 }]);
  });

  it('a NaN or Infinity in an update is an error that names site, round and tensor', async () => {
    for (const bad of [Number.NaN, Infinity]) {
      const payload = filled(1);
      payload.values[7] = bad;
      const run = runOf([constant('a', 1), constant('b', 1, { payload })]);
      await expect(run).rejects.toMatchObject({ code: 'UPDATE_NOT_FINITE', subject: 'b' });
      await expect(run).rejects.toThrow(/round 0.*b.*tensor 0\.dense\.bias/);
    }
  });

  it('if the audit sink cannot write, the round does not release', async () => {
    const failingAt = (type: string): AuditSink => {
      const sink = memoryAuditSink();
      const append = (event: AuditEvent) => event.type === type ? Promise.reject(new FedwardError('AUDIT_FAILED', 'disk full')) : sink.append(event); // prettier-ignore
      return { ...sink, append };
    };
    const apply = vi.fn();
    const server = runOf([constant('a', 1)], {
      audit: failingAt('aggregation'),
      aggregator: meanAggregator({ apply }),
    });
    await expect(server).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    expect(apply).not.toHaveBeenCalled();
    const site = exampleSite('a', { ...priced, audit: failingAt('training') });
    await expect(site.answer(privateTask(), neverFired)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });
});

describe('law 7: State is data.', () => {
  it('Server state, client state and checkpoints are serialisable; a run can be killed at any point and resumed with the same result', async () => {
    const plan = examplePlan({ rounds: 3 });
    /** Stores that keep bytes: what is no data does not come back, and does not go in. */
    const bytes = new Map<string, Uint8Array>();
    const client = memoryClientStore();
    const store: SiteOptions['store'] = {
      ...client,
      save: async (key, round, state) => {
        const at = `${key.clientId} ${round}`;
        bytes.set(at, encodeCheckpoint({ runId: at, planHash: '', nextRound: 0, state }));
      },
      load: async (key, round) => {
        const kept = bytes.get(`${key.clientId} ${round}`);
        return kept && decodeCheckpoint(kept).state;
      },
    };
    const strategy = countingStrategy();
    const aggregator = meanAggregator({ strategy: 'mean' });
    const federationOf = (changes: object = {}) => exampleFederation({ plan, aggregator, transport: inMemoryTransport(exampleSites(plan, { strategy, store })), ...changes }); // prettier-ignore
    const essence = async (changes: object = {}) => {
      const { model, ...rest } = await runFederation(federationOf(changes));
      return { ...rest, digest: digestTensors(model), sites: [...bytes].map(([at, state]) => [at, Buffer.from(state).toString('hex')]) }; // prettier-ignore
    };
    const expected = await essence();
    const kills = ['instruct', 'answer', 'apply', 'report'] as const;
    for (const where of kills)
      for (let stop = 0; stop < plan.rounds; stop++) {
        bytes.clear();
        const checkpoints = memoryCheckpointStore();
        const dies = (at: (typeof kills)[number], round: number): void => {
          if (at === where && round === stop) throw new Error('killed');
        };
        const inner = federationOf().transport;
        const killed = runFederation(
          federationOf({
            checkpoints,
            transport: answering(inner, (_id, { round }, _signal, pass) => (dies('answer', round), pass())),
            aggregator: {
              ...aggregator,
              instruct: (...given: Parameters<typeof aggregator.instruct>) => (dies('instruct', given[1].round), aggregator.instruct(...given)), // prettier-ignore
              apply: (...given: Parameters<typeof aggregator.apply>) => (dies('apply', given[2].round), aggregator.apply(...given)), // prettier-ignore
            },
            onRound: ({ round }: { readonly round: number }) => dies('report', round),
          }),
        );
        await expect(killed).rejects.toThrow('killed');
        const resumed = await essence({ checkpoints, resume: true });
        expect(resumed, `${where} of round ${stop}`).toEqual(expected);
      }
  });

  it('what is no data is no state: it is refused when it is written', async () => {
    const checkpoints = memoryCheckpointStore();
    const aggregator = meanAggregator({ apply: () => ({ values: new Float32Array(8), rounds: new Date() as never }) });
    await expect(runOf([constant('a', 1)], { aggregator, checkpoints })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
  });
});

describe('law 10: Weights travel as one flat Float32Array with a named layout; reductions accumulate in float64. On disk: safetensors.', () => {
  it('what a site is sent and what it sends are one flat Float32Array each, with names', async () => {
    const sent: unknown[] = [];
    const inner = inMemoryTransport(exampleSites(onePlan()));
    const transport = answering(inner, async (_id, task, _signal, pass) => {
      const update = await pass();
      sent.push(task.payload, update.payload);
      return update;
    });
    await runFederation(exampleFederation({ plan: onePlan(), transport }));
    expect(sent).toHaveLength(6);
    for (const { layout, values } of sent as ReturnType<typeof filled>[]) {
      expect(values).toBeInstanceOf(Float32Array);
      expect(values).toHaveLength(layout.size);
      expect(layout.tensors.map(({ name }) => name)).toEqual(['0.dense.kernel', '0.dense.bias']);
    }
  });

  it('a million small updates are not lost in a large one, as they are in float32', () => {
    const reduction = weightedSum({ layout: exampleLayout });
    const add = (value: number) => reduction.add(exampleResult({ payload: filled(value), weight: 1 }));
    add(2 ** 24);
    for (let i = 0; i < 1000; i++) add(1);
    const { payload } = reduction.finish();
    expect(payload).toBeInstanceOf(Float64Array);
    expect(payload[0]).toBe(2 ** 24 + 1000);
    expect(Math.fround(2 ** 24 + 1)).toBe(2 ** 24);
  });

  it('a checkpoint is a safetensors file, whose tensors are the state’s arrays', async () => {
    const checkpoints = memoryCheckpointStore();
    const { model } = await runOf([constant('a', 3)], { checkpoints });
    const { tensors } = decodeSafetensors(encodeCheckpoint((await checkpoints.load('run-1'))!));
    expect(tensors.map(({ values }) => values)).toContainEqual(model.values);
  });
});

describe('law 11: A promise that nobody checks is a defect.', () => {
  it('Whoever asks for something gets an answer that says it was done, or the round ends there', async () => {
    // Per-example clipping: a trainer that says it can, and does not, gives exact gradients and a false epsilon.
    const { train } = fakeTrainer();
    const heedless = fakeTrainer({
      train: async (...given) => {
        const { applied: _, ...trained } = await train(...given);
        void _;
        return trained;
      },
    });
    const federation = { ...priced, accountant: fakeAccountant };
    const sites = (changes: Partial<SiteOptions>) => inMemoryTransport(exampleSites(privatePlan, { mechanisms: priced.mechanisms, ...changes })); // prettier-ignore
    const run = runFederation(exampleFederation({ ...federation, transport: sites({ trainer: heedless }) }));
    await expect(run).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    // And one that does not even say so is refused before round 0.
    expect(() => sites({ trainer: fakeTrainer({ provides: [] }) })).toThrow(/per-example-clipping/);
  });

  it('an approval: a site that has approved another plan is found out before round 0', async () => {
    const others = exampleSites(examplePlan({ seed: 43 }));
    const run = runFederation(exampleFederation({ transport: inMemoryTransport(others) }));
    await expect(run).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED', family: 'configuration' });
  });

  it('a charge: an update that was not charged what the plan says is not taken', async () => {
    const mechanisms = priced.mechanisms;
    const uncharged = constant('a', 1, { metrics: {}, spent: [] });
    const run = runOf([uncharged], {
      plan: onePlan({ privacy: examplePrivacy }),
      mechanisms,
      accountant: fakeAccountant,
    });
    await expect(run).rejects.toMatchObject({ code: 'UPDATE_INVALID' });
  });
});

describe('law 12: Everything that a result depends on is in what was approved', () => {
  const changes: [string, Partial<TrainingPlanInput>][] = [
    ['seed', { seed: 43 }],
    ['rounds', { rounds: 5 }],
    ['model', { model: { ...examplePlanInput.model, layers: [{ type: 'dense', units: 3 }] } }],
    ['training', { training: { ...examplePlanInput.training, optimizer: { name: 'sgd', learningRate: 0.2 } } }],
    ['aggregator', { aggregator: { name: 'mean', options: { mu: 1 } } }],
    ['privacy', { privacy: examplePrivacy }],
    ['cohort', { cohort: { select: 'uniform', size: 2 } }],
    ['collector', { collector: { name: 'buffered' } }],
    ['quorum', { quorum: 2 }],
    ['evaluation', { evaluation: { every: 1 } }],
  ];
  it.each(changes)(
    'another %s is another plan: a site refuses it, and a run of the old one is not resumed',
    async (_, change) => {
      const other = examplePlan(change);
      expect(planHash(other)).not.toBe(planHash(examplePlan()));
      await expect(exampleSite('a').propose(other, neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
      const checkpoints = memoryCheckpointStore();
      await checkpoints.save({ runId: 'run-1', planHash: planHash(other), nextRound: 1, state: {} });
      const run = runFederation(exampleFederation({ checkpoints, resume: true }));
      await expect(run).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'resume' });
    },
  );

  it("a query's options too", () => {
    const query = (options: object) => parseAnyPlan({ schemaVersion: 1, name: 'q', seed: 1, rounds: 1, aggregator: { name: 'sum' }, query: { name: 'moments', options } }); // prettier-ignore
    expect(planHash(query({ column: 'age' }))).not.toBe(planHash(query({ column: 'weight' })));
  });

  it('the model that a run started from is the one that the sites train, tensor by tensor', async () => {
    expect(createParameters(exampleLayout).layout.size).toBe(8);
    const other = { layout: { tensors: [], size: 0 }, values: new Float32Array() };
    await expect(runFederation(exampleFederation({ initial: other }))).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' }); // prettier-ignore
  });
});
