import { digestTensors, isFedwardError, runFederation, type TrainingPlan } from '@fedward/core';
import { populationOf } from '../scenario/population.js';
import type { Hospital } from '../scenario/scenario.js';
import { recordsAmong } from '../run/declared-records.js';
import { partsOf } from '../run/checked-run.js';
import { federationOf } from '../run/federation.js';
import type { Basis } from './basis.js';
import type { FoldHospital } from './fold.js';
import { joined } from './joined.js';
import { predicted, type Predicted } from './predicted.js';

/** What the federation of a fold came to. */
export interface TrainedFold {
  /** SHA-256 of its weights, hexadecimal. */
  readonly model: string;
  /** What its model says of the records that it is tested on, hospital by hospital. */
  readonly predictions: readonly Predicted[];
  /** [all training records] the labels, for what is learned of them. */
  readonly trainingLabels: Float32Array;
}

/** Or why it came to nothing. */
export type FoldOutcome = TrainedFold | { readonly failure: string };

/**
 * The plan's whole federation (its aggregator, its mechanisms, its noise) among the hospitals that have training records in a
 * fold, from the same first weights; and what its model says of the fold's test records. It leaves neither log nor files.
 *
 * @param plan the run's, perhaps with other settings
 * @throws {FedwardError} of the family `configuration`; ABORTED. A training that failed is an outcome.
 */
export async function trainFold(
  basis: Basis,
  plan: TrainingPlan,
  hospitals: readonly FoldHospital[],
  name: string,
): Promise<FoldOutcome> {
  const training = hospitals.flatMap(({ id, train }): Hospital[] =>
    // Nothing is scored on a test part while it trains.
    train ? [{ id, train, test: train }] : [],
  );
  if (training.length === 0) return { failure: 'no hospital has a record left to train on' };
  const { planned, population, installed, initialFile } = basis;
  const simulation = { ...planned.simulation, local: false };
  const parts = await partsOf(
    {
      planned: {
        ...planned,
        runId: `${planned.runId}, ${name}`,
        simulation,
        plan: forHospitals(plan, training),
      },
      population: populationOf(training, population),
      ...{ installed, initialFile },
    },
    basis.workers,
  );
  parts.threads?.start();
  try {
    const { evaluate: _none, ...federation } = federationOf(parts);
    const { model } = await runFederation({ ...federation, signal: basis.signal });
    return {
      model: digestTensors(model),
      predictions: await predicted(parts, model, hospitals),
      trainingLabels: joined(training.map(({ train }) => train.labels)),
    };
  } catch (error) {
    if (isFedwardError(error) && error.family === 'run' && error.code !== 'ABORTED') return { failure: error.message };
    throw error;
  } finally {
    await parts.threads?.close();
  }
}

/** A plan of more hospitals than there are in a fold: as many as there are then do. */
function forHospitals(plan: TrainingPlan, training: readonly Hospital[]): TrainingPlan {
  const { cohort, quorum } = plan;
  const most = 'size' in cohort ? Math.min(cohort.size, training.length) : training.length;
  return {
    ...plan,
    aggregator: recordsAmong(plan.aggregator, training),
    cohort: 'size' in cohort ? { ...cohort, size: most } : cohort,
    quorum: Math.min(quorum, most),
  };
}
