import { describe, expect, it, vi } from 'vitest';
import type { ClientContext, LocalTrainer } from '../interfaces/trainer.js';
import { memoryAuditSink } from '../memory/audit.js';
import { inMemoryTransport } from '../memory/transport.js';
import { noNoise, SecureNoise, SeededNoise } from '../random/noise.js';
import { Random } from '../random/random.js';
import { secretRandomness, simulatedRandomness, type Randomness } from '../random/randomness.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import type { Parameters } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import {
  exampleFederation,
  exampleSite,
  exampleSites,
  exampleTask,
  fakeAccountant,
  fakeMechanism,
  fakeTrainer,
  neverFired,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { runFederation } from '../server/run.js';
import type { SiteOptions } from './options.js';
import { changeOf } from './train-and-subtract.js';

const plan = examplePlan({ privacy: examplePrivacy });
const priced: Partial<SiteOptions> = { plan, mechanisms: [fakeMechanism()] };
const task = exampleTask({ planHash: planHash(plan) });
const { provides: _provides, ...bare } = fakeTrainer();

/** A trainer as any was before it was asked: it does as it likes and says nothing of privacy. */
const heedless: LocalTrainer = {
  ...bare,
  train: async ({ layout, values }) => ({ payload: { layout, values: values.slice() }, steps: 1, metrics: {} }),
};

describe('a trainer', () => {
  it('that says nothing of what it provides is refused where the gradients of steps have a price', () => {
    expect(() => exampleSite('a', { ...priced, trainer: heedless })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'training.trainer',
        message: expect.stringContaining('per-example-clipping') as string,
      }),
    );
    exampleSite('a', { trainer: heedless }); // and is good enough where nothing is asked
    const whole = fakeMechanism({ gradient: undefined as never, onClient: (update) => update });
    exampleSite('a', { plan, mechanisms: [whole], trainer: heedless });
  });

  it.each([
    ['per-example', 'batch-mean-clipping'],
    ['batch-mean', 'per-example-clipping'],
  ] as const)('that does not clip by %s is refused where it is asked to', (clip, other) => {
    const mechanisms = [fakeMechanism({ gradient: () => ({ clip, clipNorm: 1, noiseMultiplier: 1 }) })];
    const make = (provides: readonly string[]) =>
      exampleSite('a', { plan, mechanisms, trainer: fakeTrainer({ provides }) });
    expect(() => make([other])).toThrow(expect.objectContaining({ subject: 'training.trainer' }));
    make([other, `${clip}-clipping`]);
  });

  it.each<[string, (asked: ClientContext['gradientPrivacy']) => ClientContext['gradientPrivacy']]>([
    ['nothing', () => undefined],
    ['a larger clip norm', (asked) => ({ ...asked!, clipNorm: 2 })],
    ['less noise', (asked) => ({ ...asked!, noiseMultiplier: 0 })],
    ['another way to clip', (asked) => ({ ...asked!, clip: 'batch-mean' })],
  ])('that carried out %s sends nothing', async (_, applied) => {
    const trainer = fakeTrainer({
      async train(payload, data, context, signal) {
        const { applied: _asked, ...trained } = await fakeTrainer().train(payload, data, context, signal);
        const done = applied(context.gradientPrivacy);
        return { ...trained, ...(done && { applied: { gradientPrivacy: done } }) };
      },
    });
    const audit = memoryAuditSink();
    await expect(exampleSite('a', { ...priced, trainer, audit }).answer(task, neverFired)).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
      subject: 'fake',
    });
    expect(audit.events.map(({ type }) => type)).not.toContain('training');
  });

  it('that says that it clipped where nobody asked it to sends nothing either', async () => {
    const gradientPrivacy = { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 } as const;
    const trainer = fakeTrainer({
      train: async (payload) => ({ payload, steps: 1, metrics: {}, applied: { gradientPrivacy } }),
    });
    const open = examplePlan();
    const site = exampleSite('a', { plan: open, trainer });
    await expect(site.answer(exampleTask({ planHash: planHash(open) }), neverFired)).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
    });
  });

  it('that gives back private tensors with the model that is sent sends nothing', async () => {
    const open = examplePlan({ aggregator: { name: 'keeps' } });
    const asked = exampleTask({ planHash: planHash(open) });
    const { name: own, offset } = asked.payload.layout.tensors[0]!;
    const keeps: SiteStrategy = {
      name: 'keeps',
      async answer({ sent, train }) {
        const model = sent as Parameters;
        return { update: changeOf((await train(model, { privateTensors: { [own]: null } })).payload, model) };
      },
    };
    const answerOf = (by: number) => {
      const trainer = fakeTrainer({
        provides: ['private-tensors'],
        async train({ layout, values }) {
          const own_ = values.map((x, i) => (i === offset ? x + by : x));
          const applied = { privateTensors: [own] };
          return { payload: { layout, values: own_ }, privateTensors: {}, steps: 1, metrics: {}, applied };
        },
      });
      return exampleSite('a', { plan: open, trainer, strategy: keeps }).answer(asked, neverFired);
    };
    await expect(answerOf(0.5)).rejects.toMatchObject({ code: 'CLIENT_FAILED', subject: own });
    expect((await answerOf(0)).payload.values.every((x) => x === 0)).toBe(true);
  });

  it('that ignores what it was asked leaves a run without a result, and without an epsilon', async () => {
    const trainer: LocalTrainer = { ...heedless, provides: ['per-example-clipping'] };
    const mechanisms = [fakeMechanism()];
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms, trainer }));
    const run = runFederation(exampleFederation({ plan, mechanisms, accountant: fakeAccountant, transport }));
    await expect(run).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });
});

describe('randomness', () => {
  const mixed: Record<string, Partial<Randomness>> = {
    'public masks and secret noise': { random: () => new Random(1) },
    'a key from the operating system in place of a secret stream': { random: () => new Random(Random.secret().key()) },
    'secret masks and seeded noise': { noise: () => new SeededNoise(new Random(1)) },
    'no noise': { noise: () => noNoise },
    'nothing secret': simulatedRandomness(1),
  };

  it.each(Object.entries(mixed))('that is said to be secret, with %s, is refused under a price', async (_, streams) => {
    const charge = vi.fn();
    const randomness = { ...secretRandomness(), ...streams, simulationOnly: false };
    const site = exampleSite('a', { ...priced, randomness, ledger: { charge } });
    await expect(site.answer(task, neverFired)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: 'randomness',
    });
    expect(charge).not.toHaveBeenCalled();
    const open = examplePlan();
    await exampleSite('a', { randomness }).answer(exampleTask({ planHash: planHash(open) }), neverFired);
  });

  it('of core is secret in both streams, or in none', () => {
    const [secret, simulated] = [secretRandomness(), simulatedRandomness(1)];
    expect([secret.random('a', 0).secret, secret.noise('a', 0).simulationOnly]).toEqual([true, false]);
    expect([simulated.random('a', 0).secret, simulated.noise('a', 0).simulationOnly]).toEqual([false, true]);
    expect(secret.random('a', 0).fork('epoch', 1).secret).toBe(true);
    expect(simulated.random('a', 0).fork('epoch', 1).secret).toBe(false);
    expect(new Random(secret.random('a', 0).key()).secret).toBe(false);
    expect(new SecureNoise().simulationOnly).toBe(false);
  });

  it('gives no two streams one key', () => {
    const hex = (key: Uint32Array) => Buffer.from(key.buffer).toString('hex');
    for (const source of [secretRandomness(), simulatedRandomness(1)]) {
      const keys = ['a', 'b'].flatMap((id) =>
        [0, 1].flatMap((round) => [source.random(id, round).key(), source.noise(id, round).keystream!().key]),
      );
      expect(new Set(keys.map(hex)).size).toBe(keys.length);
    }
  });
});
