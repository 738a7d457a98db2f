import { digestTensors, isFedwardError, runFederation, type TrainingPlan } from '@fedward/core';
import { populationOf } from '../scenario/population.js';
import type { Hospital } from '../scenario/scenario.js';
import { recordsAmong } from '../run/declared-records.js';
import { partsOf } from '../run/checked-run.js';
import type { RunParts } from '../run/run-parts.js';
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
 * @throws {FedwardError} of the family `configuration`, where all hospitals take part; ABORTED. A training that failed is an
 *   outcome, and so is a plan that the hospitals of the fold are too few for.
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
  const ofFold = { runId: `${planned.runId}, ${name}`, simulation, plan: forHospitals(plan, training) };
  let parts: RunParts | undefined;
  try {
    parts = await partsOf(
      {
        planned: { ...planned, ...ofFold },
        population: populationOf(training, population),
        ...{ installed, initialFile },
      },
      basis.workers,
    );
    parts.threads?.start();
    const { evaluate: _none, ...federation } = federationOf(parts);
    const { model } = await runFederation({ ...federation, signal: basis.signal });
    return {
      model: digestTensors(model),
      predictions: await predicted(parts, model, hospitals),
      trainingLabels: joined(training.map(({ train }) => train.labels)),
    };
  } catch (error) {
    if (isFedwardError(error) && error.code !== 'ABORTED') {
      // What the whole federation can do, fewer hospitals may be too few for: it is no fault of the plan's.
      const few = error.family === 'configuration' && training.length < population.ids.length;
      if (few || error.family === 'run') return { failure: error.message };
    }
    throw error;
  } finally {
    await parts?.threads?.close();
  }
}

/** A plan of more hospitals than there are in a fold: as many as there are then do. */
function forHospitals(plan: TrainingPlan, training: readonly Hospital[]): TrainingPlan {
  const { cohort, quorum } = plan;
  const hospitals = training.length;
  const own = { ...plan, aggregator: recordsAmong(plan.aggregator, training) };
  const size = 'size' in cohort ? Math.min(cohort.size, hospitals) : hospitals;
  if (cohort.select === 'cyclic') {
    const groups = Math.min(cohort.groups, hospitals);
    return { ...own, cohort: { ...cohort, groups }, quorum: Math.min(quorum, Math.floor(hospitals / groups)) };
  }
  return { ...own, cohort: 'size' in cohort ? { ...cohort, size } : cohort, quorum: Math.min(quorum, size) };
}
