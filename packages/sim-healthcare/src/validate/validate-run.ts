import { throwIfAborted } from '@fedward/core';
import type { Evaluation } from '@fedward/metrics-clinical';
import type { Basis } from './basis.js';
import { choose } from './choose.js';
import type { Fold, FoldHospital } from './fold.js';
import { combinationsOf, planWith, type Grid } from './grid.js';
import type { FoldedMethod } from './method.js';
import { evaluated, evaluationOptions, type Predicted } from './predicted.js';
import { spreadOf } from './spread.js';
import { trainFold } from './train-fold.js';
import type { ValidationFold, ValidationResult } from './validation-result.js';
import { validationWords } from './words.js';

/**
 * Trains and judges a federation for each fold (`kfold`: Stone 1974, by patient; `leave-one-hospital-out`: internal-external
 * cross-validation, Steyerberg and Harrell 2016). Every record is tested on once, by the model that had nothing of it: it
 * neither trained on it, nor chose settings, nor fitted scales, imputation or a screening with it.
 *
 * @param grid settings to be chosen anew in each fold, on its own training records
 * @throws {FedwardError} ABORTED, and of the family `configuration`. A fold that fails is in the result, by name.
 */
export async function validateRun(basis: Basis, method: FoldedMethod, grid?: Grid): Promise<ValidationResult> {
  const { plan } = basis.planned;
  const { population, installed } = basis;
  const judged = { loss: plan.model.loss, classes: population.classNames, options: evaluationOptions(population) };
  const combinations = grid && combinationsOf(grid, plan, installed);
  const places = foldsFor(method, population.ids);
  const folds: ValidationFold[] = [];
  const predictions: Predicted[] = [];
  for (const [i, { name, hospital, outer }] of places.entries()) {
    throwIfAborted(basis.signal);
    const chosen = combinations && (await choose(basis, combinations, outer, name)).chosen;
    basis.say(`validation: ${hospital === undefined ? name : `without ${hospital}`} (${i + 1} of ${places.length})`);
    const hospitals = await basis.foldOf({ outer });
    const settled = chosen ? planWith(chosen, plan, installed) : plan;
    const outcome = await trainFold(basis, settled, hospitals, name);
    const about = {
      name,
      ...(hospital !== undefined && { hospital }),
      trainedOn: sizeOf(hospitals),
      ...(chosen && { chosen }),
    };
    const failed =
      'failure' in outcome ? outcome.failure : outcome.predictions.length === 0 ? nobody : notFinite(outcome);
    if ('failure' in outcome || failed !== undefined) {
      folds.push({ ...about, model: '', evaluation: null, failure: failed! });
      continue;
    }
    const { trainingLabels, model } = outcome;
    const options = { ...judged.options, trainingLabels, curves: false };
    folds.push({ ...about, model, evaluation: evaluated(outcome.predictions, { ...judged, options }) });
    predictions.push(...outcome.predictions);
  }
  const all = (some: readonly Predicted[], curves: boolean): Evaluation | null =>
    // Log hazards of two models have no zero in common: their ranks are compared within a fold alone.
    plan.model.loss === 'cox' ? null : evaluated(some, { ...judged, options: { ...judged.options, curves } });
  return {
    schemaVersion: 1,
    kind: method.kind,
    folds,
    pooled: all(predictions, true),
    ...(method.kind === 'kfold' && {
      byHospital: population.ids.map((hospital) => ({
        hospital,
        evaluation: all(
          predictions.filter((one) => one.hospital === hospital),
          false,
        ),
      })),
    }),
    spread: spreadOf(folds),
    words: validationWords(basis, method, folds, grid !== undefined),
  };
}

const nobody = 'no patient is in it to be tested on';

/** A model that diverged after its last round has no figures. */
function notFinite({ predictions }: { readonly predictions: readonly Predicted[] }): string | undefined {
  const bad = predictions.find(({ outputs }) => !outputs.every(Number.isFinite));
  return bad && `its model gives no numbers for records of ${bad.hospital}; a smaller learning rate may help`;
}

interface PlacedFold {
  readonly name: string;
  readonly hospital?: string;
  readonly outer: Fold['outer'];
}

function foldsFor(method: FoldedMethod, hospitals: readonly string[]): PlacedFold[] {
  if (method.kind === 'leave-one-hospital-out')
    return hospitals.map((hospital) => ({ name: hospital, hospital, outer: { hospital } }));
  const { folds } = method;
  return Array.from({ length: folds }, (_, index) => ({
    name: `fold ${index + 1} of ${folds}`,
    outer: { patients: { folds, index } },
  }));
}

function sizeOf(hospitals: readonly FoldHospital[]): ValidationFold['trainedOn'] {
  const trained = hospitals.flatMap(({ train }) => (train ? [train] : []));
  const patients = trained.reduce(
    (sum, { patientIds, count }) => sum + (patientIds ? new Set(patientIds).size : count),
    0,
  );
  return { hospitals: trained.length, records: trained.reduce((sum, { count }) => sum + count, 0), patients };
}
