import { parsePlan, planHash, type TrainerSpeed } from '@fedward/core';
import { imagingCnn, models, tutorialMlp } from '@fedward/models-medical';
import { describe, expect, it } from 'vitest';
import type { InstalledPlugins } from '../plugins/installed.js';
import { populationOf } from '../scenario/population.js';
import { tutorial } from '../scenario/tutorial.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import { chooseTrainer, toldChoice } from './choose-trainer.js';

const slowButReady: TrainerSpeed = { secondsAStep: 10e-6, multiplyAddsASecond: 10e9 };
const fastButStiff: TrainerSpeed = { secondsAStep: 5e-3, multiplyAddsASecond: 40e9 };
const installed = (onnx: object | undefined): InstalledPlugins =>
  ({
    ...{ of: () => [], get: () => undefined },
    find: (_: string, name: string) => (name === 'wasm' ? { speed: slowButReady } : onnx),
  }) as unknown as InstalledPlugins;
const both = installed({ speed: fastButStiff, available: () => true });

const image = { inputShape: [28, 28, 1], outputs: 2, loss: 'softmax-cross-entropy' } as const;
const shuffled = { batches: { kind: 'shuffle', size: 32, epochs: 1 } } as const;
const small = { model: tutorialMlp(), training: shuffled };
const large = { model: imagingCnn({ ...image, filters: [32, 64, 64] }), training: shuffled };
const graph = { model: models['resnet18']!({ inputShape: [28, 28, 1], classes: 2 }), training: shuffled };

describe('chooseTrainer', () => {
  it('takes the one whose steps take less by its own account, and says what it reckoned with', () => {
    expect(chooseTrainer(small, both)).toEqual({
      name: 'wasm',
      // 3 x 8,512 multiply-adds x 32 examples; of onnx nothing but what a step costs anyway.
      why: 'The trainer is wasm: by a rough guess a step takes 0.092 ms with wasm and 5 ms with onnx.',
    });
    const { name, why } = chooseTrainer(large, both);
    expect(name).toBe('onnx');
    // 28 x 28 x 9 x 32 + 14 x 14 x 9 x 32 x 64 + 7 x 7 x 9 x 64 x 64 + 3 x 3 x 64 x 2 = 5,645,952 multiply-adds
    expect(why).toBe('The trainer is onnx: by a rough guess a step takes 54 ms with wasm and 19 ms with onnx.');
  });

  it('reckons with the size of a batch', () => {
    const one = { ...large, training: { batches: { kind: 'shuffle', size: 1, epochs: 1 } } } as const;
    expect(chooseTrainer(one, both).name).toBe('wasm');
    const drawn = { ...large, training: { batches: { kind: 'poisson', probability: 0.1, steps: 1, expectedSize: 32 } } }; // prettier-ignore
    expect(chooseTrainer(drawn as typeof one & typeof drawn, both).why).toBe(chooseTrainer(large, both).why);
  });

  it('takes the small one where the large one lacks its runtime, or is not there at all, and says so', () => {
    const lacking = installed({ speed: fastButStiff, available: () => false });
    expect(chooseTrainer(large, lacking)).toMatchObject({
      name: 'wasm',
      why: expect.stringMatching(/^The trainer is wasm, since what onnx needs is not installed: /) as string,
    });
    expect(chooseTrainer(small, lacking).why).not.toContain('not installed');
    expect(chooseTrainer(large, installed(undefined)).name).toBe('wasm');
  });

  it('takes the one that knows graphs for a graph, installed or not: its message says what to install', () => {
    for (const there of [both, installed(undefined), installed({ speed: fastButStiff, available: () => false })])
      expect(chooseTrainer(graph, there).name).toBe('onnx');
  });
});

describe('a plan', () => {
  const population = populationOf([], { test: {} as never, inputShape: [100], classes: 2 });
  const planOf = (trainer?: string) =>
    buildPlan(tutorial, population, { scenario: 'tutorial', ...(trainer && { trainer }) }, allInstalled);

  it('that names none has the trainer chosen, and the same hash as one that names it', () => {
    expect(planOf().training.trainer).toBe('wasm');
    expect(planHash(planOf())).toBe(planHash(planOf('wasm')));
    expect(planHash(planOf('auto'))).toBe(planHash(planOf('wasm')));
    expect(planOf('tfjs').training.trainer).toBe('tfjs');
  });

  it('tells of a choice where one was asked for, or where it is not as it always was', () => {
    const told = (named?: string) => toldChoice(planOf(named), named, both);
    expect([told(), told('wasm')]).toEqual([undefined, undefined]);
    expect(told('auto')).toMatch(/^The trainer is wasm: /);
    const onnx = parsePlan({ ...planOf(), model: large.model }, 'the plan');
    expect(toldChoice(onnx, undefined, both)).toMatch(/^The trainer is onnx: /);
    expect(toldChoice(onnx, 'wasm', both)).toBeUndefined();
  });
});
