import { describe, expect, it } from 'vitest';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import type { Applied, LocalTrainer } from '../interfaces/trainer.js';
import { inMemoryTransport } from '../memory/transport.js';
import { planHash, type TrainingPlan, type TrainingPlanInput } from '../plan/plan.js';
import { layoutOf } from '../model/shapes.js';
import { createParameters } from '../parameters/parameters.js';
import { protectionOf } from '../privacy/protection.js';
import { assertFederation } from '../server/check.js';
import { runFederation } from '../server/run.js';
import {
  exampleFederation,
  exampleSite,
  exampleSites,
  exampleTask,
  fakeMechanism,
  fakeTrainer,
  meanAggregator,
  neverFired,
} from '../testing/fakes.js';
import { examplePlan, examplePlanInput, examplePrivacy } from '../testing/plan.js';
import { objectiveOf } from '../training/objective.js';
import { appliedWishes, placeWishes } from '../training/wishes.js';

const all = ['class-weights', 'label-smoothing', 'small-loss-selection', 'augmentation', 'frozen-tensors'];
const planWith = (changes: Partial<TrainingPlanInput['training']>, others: Partial<TrainingPlanInput> = {}) =>
  examplePlan({ training: { ...examplePlanInput.training, ...changes }, ...others });
const pictures: TrainingPlanInput['model'] = {
  inputShape: [1, 3, 1],
  layers: [{ type: 'flatten' }, { type: 'dense', units: 2 }],
  loss: 'softmax-cross-entropy',
};

/** Adds 1 to what is not frozen, and says what it was asked for, changed. */
const trainerThat = (change: (asked: Applied) => Applied = (asked) => asked, provides = all): LocalTrainer => ({
  ...fakeTrainer({ provides: ['per-example-clipping', ...provides] }),
  async train({ layout, values }, _data, { plan, round, wishes, gradientPrivacy }) {
    const placed = placeWishes(wishes, layout);
    const moved = values.map((w) => w + 1);
    for (const { offset, size } of placed.frozen) moved.set(values.subarray(offset, offset + size), offset);
    const { objective, augmentation } = plan.training;
    const shape = objectiveOf(objective, round);
    const asked: Applied = {
      ...appliedWishes(placed),
      ...(gradientPrivacy && { gradientPrivacy }),
      ...(shape && { objective: shape }),
      ...(augmentation && { augmentation }),
    };
    return { payload: { layout, values: moved }, steps: 1, metrics: {}, applied: change(asked) };
  },
});
const answer = (plan: TrainingPlan, trainer: LocalTrainer, round = 0) =>
  exampleSite('a', { plan, trainer }).answer(exampleTask({ planHash: planHash(plan), round }), neverFired);
const refusal = (code: string, subject: string) => expect.objectContaining({ code, subject }) as Error;

describe("what a plan's training asks of a trainer", () => {
  it.each<[string, Partial<TrainingPlanInput['training']>]>([
    ['objective.classWeights', { objective: { classWeights: [1, 2] } }],
    ['objective.keepSmallest', { objective: { keepSmallest: { fraction: 0.5 } } }],
    ['frozen', { frozen: [`0.dense.bias`] }],
  ])('is refused before round 0 where it does not provide it: %s', (key, changes) => {
    const plan = planWith(changes);
    const bare = fakeTrainer({ provides: ['per-example-clipping'] });
    expect(() => exampleSite('a', { plan, trainer: bare })).toThrow(refusal('CONFIG_INCOMPATIBLE', `training.${key}`));
    exampleSite('a', { plan, trainer: trainerThat() });
  });

  it.each<[string, Partial<TrainingPlanInput['training']>, (asked: Applied) => Applied]>([
    ['no weights', { objective: { classWeights: [1, 2] } }, ({ objective: _, ...others }) => others],
    ['other weights', { objective: { classWeights: [1, 2] } }, () => ({ objective: { classWeights: [1, 3] } })],
    ['an objective nobody asked for', {}, () => ({ objective: { labelSmoothing: 0.5 } })],
    [
      'the share of another round',
      { objective: { keepSmallest: { fraction: 0.5, warmUpRounds: 2 } } },
      () => ({ objective: { keepSmallest: 0.5 } }),
    ],
    ['other tensors', { frozen: ['0.dense.bias'] }, () => ({ frozen: ['0.dense.kernel'] })],
  ])('is held against what it says that it did: %s', async (_, changes, change) => {
    const plan = planWith(changes);
    await expect(answer(plan, trainerThat(change), 1)).rejects.toThrow(refusal('CLIENT_FAILED', 'fake'));
    await answer(plan, trainerThat(), 1);
  });

  it('is held against augmentation too', async () => {
    const plan = planWith({ augmentation: { shift: 1 } }, { model: pictures });
    const data = { count: 2, featureShape: [1, 3, 1], features: new Float32Array(6), labels: Float32Array.of(0, 1) };
    const payload = createParameters(layoutOf(plan.model));
    const answerBy = (trainer: LocalTrainer) =>
      exampleSite('a', { plan, data, trainer }).answer(exampleTask({ planHash: planHash(plan), payload }), neverFired);
    expect(() => exampleSite('a', { plan, data, trainer: trainerThat((a) => a, ['class-weights']) })).toThrow(
      refusal('CONFIG_INCOMPATIBLE', 'training.augmentation'),
    );
    await answerBy(trainerThat());
    for (const applied of [{}, { augmentation: { shift: 2 } }])
      await expect(answerBy(trainerThat(() => applied))).rejects.toThrow(refusal('CLIENT_FAILED', 'fake'));
  });
});

describe('frozen tensors of a plan', () => {
  const plan = planWith({ frozen: [`0.dense.bias`] });

  it('are among the wishes of every training, and stay as they are', async () => {
    const { payload } = await answer(plan, trainerThat());
    const moved = [...payload.values].map((x) => x !== 0);
    const layout = payload.layout.tensors;
    for (const { name, offset, size } of layout)
      expect(moved.slice(offset, offset + size)).toEqual(new Array<boolean>(size).fill(name !== '0.dense.bias'));
  });

  it('that a strategy moves all the same are not sent', async () => {
    const strategy = {
      name: 'train-and-subtract',
      answer: async ({ sent }: { sent: { layout: object; values: ArrayLike<number> } }) => ({
        update: { ...sent, values: Float32Array.from(sent.values, () => 1) },
      }),
    };
    const site = exampleSite('a', { plan, trainer: trainerThat(), strategy: strategy as never });
    await expect(site.answer(exampleTask({ planHash: planHash(plan) }), neverFired)).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
      subject: '0.dense.bias',
    });
  });

  it('must be of the model, and leave something to train', () => {
    for (const frozen of [['1.dense.bias'], [3], [0]]) {
      const wrong = planWith({ frozen });
      const named = refusal('CONFIG_INCOMPATIBLE', 'training.frozen');
      expect(() => exampleSite('a', { plan: wrong, trainer: trainerThat() })).toThrow(named);
      expect(() => assertFederation(exampleFederation({ plan: wrong }))).toThrow(named);
    }
  });

  it('that an aggregator moves fail the round', async () => {
    const transport = () => inMemoryTransport(exampleSites(plan, { trainer: trainerThat() }));
    const honest = await runFederation(exampleFederation({ plan, transport: transport() }));
    expect(honest.rounds).toHaveLength(plan.rounds);
    const decaying = meanAggregator({
      apply: ({ values, rounds }) => ({ values: values.map((w) => 0.9 * w - 0.1), rounds: rounds + 1 }),
    });
    const run = runFederation(exampleFederation({ plan, transport: transport(), aggregator: decaying }));
    await expect(run).rejects.toThrow(refusal('CONFIG_INCOMPATIBLE', '0.dense.bias'));
  });

  it('are refused beside noise on whole updates, and not beside noise in each step', () => {
    const own = planWith({ frozen: ['0.dense.bias'] }, { privacy: examplePrivacy });
    const under = (mechanism: PrivacyMechanism) => protectionOf(own, [mechanism]);
    expect(() => under(fakeMechanism())).not.toThrow();
    const { gradient: _, ...whole } = fakeMechanism({ onRelease: (sum) => sum });
    for (const mechanism of [whole, fakeMechanism({ onRelease: (sum) => sum }), fakeMechanism({ onClient: (u) => u })])
      expect(() => under(mechanism)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'training.frozen'));
    const { adjacency: __, event: ___, gradient: ____, ...free } = fakeMechanism({ onClient: (u) => u });
    expect(() => under(free)).not.toThrow();
  });
});

describe('small-loss selection', () => {
  it('is refused where records or patients have a price, and not where hospitals have', () => {
    const under = (unit: 'record' | 'patient' | 'hospital') =>
      protectionOf(
        planWith({ objective: { keepSmallest: { fraction: 0.5 } } }, { privacy: { ...examplePrivacy, unit } }),
        [fakeMechanism()],
      );
    for (const unit of ['record', 'patient'] as const)
      expect(() => under(unit)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'training.objective.keepSmallest'));
    expect(() => under('hospital')).not.toThrow();
  });
});
