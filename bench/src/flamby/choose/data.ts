import type { ModelSpec } from '@fedward/core';
import { coxLoss } from '@fedward/core/training';
import { loadHeartDisease, loadTcgaBrca, type MedicalDataset } from '@fedward/data-medical';
import { concordanceIndex } from '@fedward/metrics-clinical';
import { coxLinear, mlp } from '@fedward/models-medical';
import type { FlambySet } from '../settings.js';

/** A hospital with its records, by which side of a split they are on. */
export interface Hospital {
  readonly id: string;
  readonly train: MedicalDataset;
  readonly test: MedicalDataset;
}

/** A sum of losses, and of how many terms. */
export interface LossSum {
  readonly sum: number;
  readonly terms: number;
}

/** A data set as the scenario of its name prepares it: by public constants alone. */
export interface PreparedSet {
  readonly model: ModelSpec;
  readonly hospitals: readonly Hospital[];
  /** What a higher figure of is better; NaN where the records have none. */
  score(outputs: Float32Array, labels: Float32Array): number;
  /** By what a choice is made, on records that were not trained on. */
  loss(outputs: Float32Array, labels: Float32Array): LossSum;
  /** Over hospitals, each as one (`hospitals`), or over all their terms (`terms`). */
  readonly averaged: 'hospitals' | 'terms';
  /** The group of a record among whose like it is dealt out to folds. */
  stratum(label: number): number;
}

/** @param seed of a split at random of the same patients; default the published split */
export async function prepare(name: FlambySet, dataDir: string, seed?: number): Promise<PreparedSet> {
  const split = seed === undefined ? ({ split: 'flamby' } as const) : ({ split: 'seeded', seed } as const);
  if (name === 'heart-disease') {
    const hospitals = await loadHeartDisease(dataDir, { cholesterol: 'marked', ...split });
    const [features] = hospitals[0]!.train.featureShape;
    return {
      model: mlp({ inputShape: [features!], hidden: [], outputs: 2, loss: 'softmax-cross-entropy' }),
      hospitals,
      score: accuracy,
      loss: crossEntropy,
      averaged: 'hospitals',
      stratum: (label) => label,
    };
  }
  const { hospitals } = await loadTcgaBrca(dataDir, split);
  return {
    model: coxLinear({ inputShape: [39] }),
    hospitals,
    score: (outputs, labels) => concordanceIndex(outputs, labels) ?? NaN,
    loss: partialLikelihood,
    averaged: 'terms',
    stratum: (label) => Number(label > 0),
  };
}

function accuracy(outputs: Float32Array, labels: Float32Array): number {
  let right = 0;
  labels.forEach((label, i) => (right += Number(outputs[2 * i + 1]! > outputs[2 * i]! === label > 0)));
  return right / labels.length;
}

/** -log p of the class of each record. */
function crossEntropy(outputs: Float32Array, labels: Float32Array): LossSum {
  let sum = 0;
  labels.forEach((label, i) => {
    const margin = (outputs[2 * i + 1]! - outputs[2 * i]!) * (label > 0 ? 1 : -1);
    sum += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
  });
  return { sum, terms: labels.length };
}

/** Minus Cox's log partial likelihood within one hospital: a term an event. */
function partialLikelihood(outputs: Float32Array, labels: Float32Array): LossSum {
  const { losses } = coxLoss(outputs, labels);
  return { sum: losses.reduce((sum, loss) => sum + loss, 0), terms: labels.filter((label) => label > 0).length };
}
