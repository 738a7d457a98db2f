import type { LocalTrainer, TrainerCapability } from '../interfaces/trainer.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import type { State } from '../base/state.js';
import type { Parameters } from '../parameters/parameters.js';
import { changeOf, modelOf } from '../site/train-and-subtract.js';
import { appliedWishes, placeWishes, splitTrained, startValues } from '../training/wishes.js';
import { fakeTrainer } from './fakes.js';

const wishes: readonly TrainerCapability[] = ['proximal-term', 'frozen-tensors', 'correction', 'private-tensors'];

/** Moves each tensor that is not frozen half way to the site's feature, then by minus the correction; grants all wishes. */
export function willingTrainer(changes: Partial<LocalTrainer> = {}): LocalTrainer {
  return fakeTrainer({
    provides: ['per-example-clipping', ...wishes],
    async train(payload, data, { wishes, gradientPrivacy }) {
      const placed = placeWishes(wishes, payload.layout);
      const values = startValues(payload, placed);
      const start = values.slice();
      const pull = 1 / (2 + placed.proximalMu);
      for (let i = 0; i < values.length; i++)
        values[i]! += pull * (data.features[0]! - values[i]!) - (placed.correction?.[i] ?? 0);
      for (const { offset, size } of placed.frozen) values.set(start.subarray(offset, offset + size), offset);
      const applied = { ...appliedWishes(placed), ...(gradientPrivacy && { gradientPrivacy }) };
      return { ...splitTrained(values, payload, placed), applied, steps: 1, metrics: { loss: data.features[0]! } };
    },
    ...changes,
  });
}

export type CountState = { readonly answers: number; readonly last: Float32Array };

/** Trains and subtracts, and remembers how many updates of its own were taken, and what the newest was. */
export function countingStrategy(changes: Partial<SiteStrategy<CountState>> = {}): SiteStrategy<CountState> {
  return {
    name: 'mean',
    async answer({ sent, state, train }) {
      const model = modelOf(sent);
      const update = changeOf((await train(model)).payload, model);
      return { update, state: { answers: (state?.answers ?? 0) + 1, last: update.values } };
    },
    ...changes,
  };
}

/** A strategy with an `answer` alone. */
export function strategyThat(answer: SiteStrategy['answer'], changes: Partial<SiteStrategy> = {}): SiteStrategy {
  return { name: 'mean', answer, ...changes };
}

/** The mean of a model's values. */
export const meanValue = ({ values }: Parameters): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export const countOf = (state: State | undefined): number => (state as CountState | undefined)?.answers ?? 0;
