import { type ModelSpec, type TrainingData } from '@fedward/core';
import { loadHeartDisease, loadTcgaBrca } from '@fedward/data-medical';
import { concordanceIndex } from '@fedward/metrics-clinical';
import { coxLinear, mlp } from '@fedward/models-medical';
import type { FlambySet } from './settings.js';

/** Training and test part of one hospital, or of all together. */
export interface Parts {
  readonly train: TrainingData;
  readonly test: TrainingData;
}

/** A data set as FLamby prepares it. */
export interface FlambyData {
  readonly model: ModelSpec;
  /** What a higher figure of is better. */
  readonly metric: 'accuracy' | 'concordance index';
  /** For clients: each hospital's features scaled by its own training part. */
  readonly hospitals: readonly (Parts & { readonly id: string })[];
  /** For pooled training and the pooled test part: scaled by all training parts together. */
  readonly pooled: Parts;
  /** @returns NaN where the test part has no figure: no pair of patients of whom one is known to have died first */
  score(outputs: Float32Array, test: TrainingData): number;
}

/** @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID or DIGEST_MISMATCH */
export function loadFlamby(name: FlambySet, dataDir: string): Promise<FlambyData> {
  return name === 'heart-disease' ? heartDisease(dataDir) : tcgaBrca(dataDir);
}

/** Each client's 13 inputs by its own mean and deviation, coded ones too; see its loader. */
async function heartDisease(dataDir: string): Promise<FlambyData> {
  const [own, together] = await Promise.all(
    (['site', 'pooled'] as const).map((standardization) =>
      loadHeartDisease(dataDir, { standardization, standardize: 'all', split: 'flamby' }),
    ),
  );
  return {
    model: mlp({ inputShape: [13], hidden: [], outputs: 1, loss: 'sigmoid-cross-entropy' }),
    metric: 'accuracy',
    hospitals: own!.map(({ id, train, test }) => ({ id, train, test })),
    pooled: pooledOf(together!),
    score: (outputs, { labels }) => share(labels, (label, i) => outputs[i]! > 0 === label > 0.5),
  };
}

/** 39 inputs as they stand. */
async function tcgaBrca(dataDir: string): Promise<FlambyData> {
  const { hospitals } = await loadTcgaBrca(dataDir, { scale: 'none' });
  return {
    model: coxLinear({ inputShape: [39] }),
    metric: 'concordance index',
    hospitals: hospitals.map(({ id, train, test }) => ({ id, train, test })),
    pooled: pooledOf(hospitals),
    score: (outputs, { labels }) => concordanceIndex(outputs, labels) ?? NaN,
  };
}

interface Joinable extends TrainingData {
  concat(...others: readonly Joinable[]): Joinable;
}

export function pooledOf(hospitals: readonly { readonly train: Joinable; readonly test: Joinable }[]): Parts {
  const joined = (of: (hospital: (typeof hospitals)[number]) => Joinable): Joinable => {
    const [first, ...others] = hospitals.map(of);
    return first!.concat(...others);
  };
  return { train: joined(({ train }) => train), test: joined(({ test }) => test) };
}

function share(labels: Float32Array, isRight: (label: number, i: number) => boolean): number {
  let right = 0;
  labels.forEach((label, i) => (right += Number(isRight(label, i))));
  return right / labels.length;
}
