import type { TrainingData } from '../interfaces/trainer.js';
import { exampleSize } from './data.js';

/** Some rows of a data set, copied. */
export interface Batch {
  readonly size: number;
  /** [size, ...featureShape] */
  readonly features: Float32Array;
  /** [size] */
  readonly labels: Float32Array;
  /** [size]: whose records they are, where those of one patient are clipped together. */
  readonly patients?: Uint32Array;
}

/** @param rows numbers of records @param patients [count] of `patientsOf` */
export function gatherBatch(data: TrainingData, rows: Uint32Array, patients?: Uint32Array): Batch {
  const width = exampleSize(data);
  const features = new Float32Array(rows.length * width);
  const labels = new Float32Array(rows.length);
  rows.forEach((row, i) => {
    features.set(data.features.subarray(row * width, (row + 1) * width), i * width);
    labels[i] = data.labels[row]!;
  });
  return { size: rows.length, features, labels, ...(patients && { patients: rows.map((row) => patients[row]!) }) };
}
