import type { Aggregator, ComposedState, State } from '@fedward/core';
import { createParameters } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fedAdagrad, fedAdam, fedAvgM, fedYogi } from './index.js';
import { contextFor, layout, pathOf, roundOf, update } from './testing/rounds.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- each keeps a state of its own */
const all: [string, () => Aggregator<ComposedState<any>>][] = [
  ['fedavgm', fedAvgM],
  ['fedadagrad', fedAdagrad],
  ['fedadam', fedAdam],
  ['fedyogi', fedYogi],
];
const withoutMomentum: [string, () => Aggregator<ComposedState<any>>][] = [
  ['fedavgm', () => fedAvgM({ momentum: 0 })],
  ['fedadagrad', () => fedAdagrad({ beta1: 0 })],
  ['fedadam', () => fedAdam({ beta1: 0 })],
  ['fedyogi', () => fedYogi({ beta1: 0 })],
];
const adaptive: [string, (options: any) => Aggregator<ComposedState<any>>][] = [
  ['fedadagrad', fedAdagrad],
  ['fedadam', fedAdam],
  ['fedyogi', fedYogi],
];
/* eslint-enable @typescript-eslint/no-explicit-any */

const value = fc.float({ min: -10, max: 10, noNaN: true });
const change = fc.array(value, { minLength: layout.size, maxLength: layout.size });
const changes = fc.array(change, { minLength: 1, maxLength: 8 });
const cohort = fc.array(fc.tuple(change, fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 8 });
const still = [0, 0, 0];

describe.each(all)('%s', (_, create) => {
  it('goes to minus the place for minus the changes', () => {
    fc.assert(
      fc.property(change, changes, (start, steps) => {
        const minus = (list: readonly number[]) => list.map((x) => -x);
        const there = pathOf(create(), start, steps).models.at(-1)!;
        const back = pathOf(create(), minus(start), steps.map(minus)).models.at(-1)!;
        there.forEach((x, i) => expect(back[i]! + x).toBe(0));
      }),
    );
  });

  it('does not depend on the order of the cohort, but for rounding', () => {
    fc.assert(
      fc.property(cohort, fc.infiniteStream(fc.nat()), (members, order) => {
        const updates = members.map(([values, weight], i) => update(i, values, weight));
        const keyed = updates.map((one) => ({ one, key: order.next().value }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
        const [a, b] = [updates, shuffled].map((list) => {
          const aggregator = create();
          const state = aggregator.init(createParameters(layout), contextFor(0));
          return aggregator.parameters(roundOf(aggregator, state, list)).values;
        });
        a!.forEach((x, i) => expect(Math.abs(x - b![i]!)).toBeLessThanOrEqual(1e-5));
      }),
    );
  });

  it('moves each weight by its own changes alone', () => {
    fc.assert(
      fc.property(changes, value, (steps, other) => {
        const changed = steps.map(([, ...rest]) => [other, ...rest]);
        const [a, b] = [steps, changed].map((list) => pathOf(create(), [1, 2, 3], list).models.at(-1)!);
        expect(a!.slice(1)).toEqual(b!.slice(1));
      }),
    );
  });

  it('keeps what float32 would lose of small steps', () => {
    // A step of 2^-26 of the model is nothing in float32; in 64 rounds without the remainder the model would not move.
    const tiny = Array.from({ length: 64 }, () => [2 ** -26, 0, 0]);
    const momentum = withoutMomentum.find(([name]) => name === create().name)![1]();
    const { models, states } = pathOf(momentum, [1, 1, 1], tiny);
    const { rest } = (states.at(-1) as ComposedState<{ rest: Float64Array } & State>).optimizer;
    const from0 = pathOf(withoutMomentum.find(([name]) => name === create().name)![1](), [0, 1, 1], tiny);
    const travelled = from0.models.at(-1)![0]!;
    expect(travelled).toBeGreaterThan(2 ** -22);
    expect(models.at(-1)![0]! + rest[0]! - 1).toBeCloseTo(travelled, 12);
    expect(models.at(-1)![0]!).toBeGreaterThan(1);
  });
});

describe.each(withoutMomentum)('%s without momentum', (_, create) => {
  it('stays where it is while nothing changes, whatever was before', () => {
    fc.assert(
      fc.property(change, changes, (start, steps) => {
        const { models } = pathOf(create(), start, [...steps, still, still]);
        expect(models.at(-1)).toEqual(models.at(-3));
      }),
    );
  });

  it('moves with the change: a step never goes against it', () => {
    fc.assert(
      fc.property(change, (step) => {
        const [model] = pathOf(create(), still, [step]).models;
        model!.forEach((x, i) => expect(Math.sign(x) - Math.sign(step[i]!)).toBe(0));
      }),
    );
  });
});

describe.each(adaptive)('%s', (_, create) => {
  it('is finite where nothing ever changes, also from an accumulator of 0', () => {
    for (const initialAccumulator of [0, undefined])
      expect(pathOf(create({ initialAccumulator, tau: 1e-8 }), [1, 2, 3], [still, still, still]).models).toEqual(
        Array(3).fill(Float32Array.of(1, 2, 3)),
      );
  });

  it('is finite for the largest changes that float32 has', () => {
    const most = 3.4028234663852886e38;
    const { models } = pathOf(create({}), still, [[most, -most, 0], [-most, most, 0], still]); // prettier-ignore
    for (const model of models) expect([...model].every(Number.isFinite)).toBe(true);
  });

  it('from an accumulator of 0 the first step does not depend on the size of the change, but for tau', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.constantFrom(-1, 1), (size, sign) => {
        const options = { initialAccumulator: 0, tau: 1e-12, learningRate: 0.1, beta1: 0 };
        const at = (delta: number) => pathOf(create(options), still, [[delta, 0, 0]]).models[0]![0]!;
        expect(at(sign * size)).toBeCloseTo(sign * at(1), 7);
      }),
    );
  });
});

describe('fedyogi', () => {
  it('lets its steps grow slower than fedadam does, once changes become small', () => {
    const steps = [[1, 0, 0], ...Array.from({ length: 200 }, () => [0.01, 0, 0])];
    const second = (states: readonly ComposedState<{ second: Float64Array } & State>[]) =>
      states.at(-1)!.optimizer.second[0]!;
    const yogi = second(pathOf(fedYogi(), still, steps).states);
    const adam = second(pathOf(fedAdam(), still, steps).states);
    expect(yogi).toBeGreaterThan(adam);
  });
});
