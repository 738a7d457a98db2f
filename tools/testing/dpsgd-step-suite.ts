import { parsePlan, type LocalTrainer, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { readStep, stepFolder, stepModels } from './dpsgd-step.js';
import { contextOf, notAborted, relativeError } from './trainer-problems.js';

const tolerance = 1e-5;

/** A trainer's gradients by example, clipped and added up. */
export interface ClippedSum {
  readonly sum: ArrayLike<number>;
  readonly norms: ArrayLike<number>;
  readonly factors: ArrayLike<number>;
}

/** What a trainer computes of one step. */
export interface StepSubject {
  /** What tests are called by, where there are several. */
  readonly on?: string;
  readonly trainer: () => LocalTrainer;
  readonly clippedSum: (
    spec: ModelSpec,
    parameters: Parameters,
    data: TrainingData,
    clipNorm: number,
  ) => ClippedSum | Promise<ClippedSum>;
}

/** Holds a trainer to one step of DP-SGD by PyTorch in float64, of each network; skipped by name without FEDWARD_DATA. */
export function describeDpSgdStep({ on, trainer, clippedSum }: StepSubject): void {
  const title = `one step of DP-SGD${on === undefined ? '' : ` on ${on}`} against PyTorch in float64 (needs FEDWARD_DATA)`;
  describe.skipIf(!stepFolder)(title, () => {
    describe.each(Object.entries(stepModels))('%s', (name, spec) => {
      const planOver = (size: number) =>
        parsePlan({
          ...{ schemaVersion: 1, name: 'test', seed: 1, rounds: 1, aggregator: { name: 'any' } },
          model: { ...spec, inputShape: [...spec.inputShape], layers: [...spec.layers] },
          training: {
            trainer: trainer().name,
            batches: { kind: 'shuffle', size, epochs: 1 },
            optimizer: { name: 'sgd', learningRate: 1 },
          },
        });

      it('has the same logits', async () => {
        const { data, parameters, logits } = readStep(name);
        expect(relativeError(await trainer().predict(spec, parameters, data), logits)).toBeLessThan(tolerance);
      });

      it('has the same clip factors and clipped sum', async () => {
        const step = readStep(name);
        const { sum, norms, factors } = await clippedSum(spec, step.parameters, step.data, step.clipNorm);
        expect(relativeError(sum, step.clippedSum)).toBeLessThan(tolerance);
        expect(relativeError(norms, step.norms)).toBeLessThan(tolerance);
        expect(relativeError(factors, step.factors)).toBeLessThan(tolerance);
      });

      it('has the mean loss, and moves the weights along the mean gradient', async () => {
        const { data, parameters, losses, meanGradient } = readStep(name);
        const { metrics, payload } = await trainer().train(
          parameters,
          data,
          contextOf(planOver(data.count)),
          notAborted,
        );
        expect(metrics['loss']).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / data.count, 5);
        const moved = parameters.values.map((before, i) => before - payload.values[i]!);
        expect(relativeError(moved, meanGradient)).toBeLessThan(tolerance);
      });
    });
  });
}
