import type { TrainingData } from '@fedward/core';

/** Says which simulated data to make; plain, so that a worker thread can make them for itself. */
export interface DataRecipe {
  /** The maker's name. */
  readonly maker: string;
  readonly seed: number;
  /** Which of the maker's data sets: a hospital's number. */
  readonly index: number;
}

export type DataMaker = (recipe: DataRecipe) => Pick<TrainingData, 'features' | 'labels'>;
