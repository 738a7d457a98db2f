import type { Predictions } from '@fedward/metrics-clinical';
import { deployOf, type Deploy } from '@fedward/sim-healthcare';
import { prepare, type PreparedSet } from '../flamby/choose/data.js';
import { sharedTrainer } from '../flamby/train.js';
import { chooseByMethod, type Judged } from './choose.js';
import { candidatesOf, localCandidates, personalSettings } from './settings.js';
import { candidateModels, globalModels, type Models } from './train.js';

/** What one method comes to in one trial. */
export interface MethodResult {
  readonly method: string;
  /** Accuracy on each hospital's own test part. */
  readonly hospitals: readonly number[];
  /** What was chosen; absent for the global model, whose settings are the scenario's. */
  readonly chosen?: Judged;
  /** Of personal models: what each hospital is advised to use. */
  readonly deploy?: readonly Deploy['model'][];
}

/** All methods on one split: their settings within training parts, then one training each, then the test parts. */
export interface Trial {
  readonly ids: readonly string[];
  readonly methods: readonly MethodResult[];
  /** Of the personal methods that with the lowest loss within training parts. */
  readonly byLoss: MethodResult;
}

/**
 * @param seed of the folds
 * @param split at random by this seed; default the published one
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID or DIGEST_MISMATCH
 */
export async function runTrial(dataDir: string, seed: number, split?: number): Promise<Trial> {
  const data = await prepare('heart-disease', dataDir, split);
  const candidates = [...localCandidates(), ...personalSettings.personal.flatMap(candidatesOf)];
  const [chosenLocal, ...chosen] = await chooseByMethod(data, candidates, seed);
  const [local, ...models] = await candidateModels(data, data.hospitals, [chosenLocal!, ...chosen]);
  const global = await predictions(data, await globalModels(data, data.hospitals));
  const alone = await predictions(data, local!);
  const personal: MethodResult[] = [];
  for (const [i, one] of chosen.entries()) {
    const own = await predictions(data, models[i]!);
    // As a simulation's result advises its hospitals.
    const advised = own.map((theirs, k) => deployOf(global[k]!, { personal: theirs, local: alone[k]! }, adviceOptions));
    personal.push({ method: one.method, hospitals: scores(data, own), chosen: one, deploy: advised.map(({ model }) => model) }); // prettier-ignore
  }
  return {
    ids: data.hospitals.map(({ id }) => id),
    methods: [
      { method: 'global', hospitals: scores(data, global) },
      { method: 'local', hospitals: scores(data, alone), chosen: chosenLocal! },
      ...personal,
    ],
    byLoss: personal.reduce((best, one) => (one.chosen!.loss < best.chosen!.loss ? one : best)),
  };
}

const adviceOptions = { curves: false, bootstrap: { draws: 200, seed: 0 } } as const;

async function predictions({ model, hospitals }: PreparedSet, models: Models): Promise<Predictions[]> {
  const trainer = await sharedTrainer();
  const all: Predictions[] = [];
  for (const [k, { test }] of hospitals.entries())
    all.push({ loss: model.loss, outputs: await trainer.predict(model, models[k]!, test), labels: test.labels });
  return all;
}

const scores = ({ score }: PreparedSet, all: readonly Predictions[]): number[] =>
  all.map(({ outputs, labels }) => score(outputs, labels));

/** Of the hospital where it is lowest. */
export const worstOf = ({ hospitals }: Pick<MethodResult, 'hospitals'>): number => Math.min(...hospitals);
