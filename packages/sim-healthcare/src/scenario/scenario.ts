import type { BatchesSpec, OptimizerSpec, PrivacyUnit, TrainingData } from '@fedward/core';

/** How a scenario is protected unless the caller says otherwise. */
export const privacyNames = ['none', 'dp-sgd', 'tutorial-041', 'central', 'local', 'dp-ftrl'] as const;
export type PrivacyName = (typeof privacyNames)[number];

export interface Hospital {
  readonly id: string;
  readonly train: TrainingData;
  /** The hospital's own test part, for the table of local and global accuracy. */
  readonly test: TrainingData;
}

export interface Population {
  /** Ids of the hospitals, in their order. */
  readonly ids: readonly string[];
  /**
   * One of the hospitals. Where the population is larger than memory, it is made at each call, always the same, and
   * its data when they are first looked at.
   */
  hospital(id: string): Hospital;
  /**
   * False where hospitals are so many, and each so small, that none is trained alone or scored by itself, and there is
   * no table of them.
   */
  readonly tabulated: boolean;
  /** The pooled test part, on which the global model is scored after each round. */
  readonly test: TrainingData;
  readonly inputShape: readonly number[];
  /** Number of classes; 1 where a value is to be predicted. */
  readonly classes: number;
}

/** What a run of a scenario does unless it is told otherwise, by kind of privacy. */
export interface ScenarioDefaults {
  readonly model: string;
  readonly rounds: number;
  readonly batches: BatchesSpec;
  readonly optimizer: OptimizerSpec;
  /** For the mechanisms: clip norm and noise, of a step or of a whole update. */
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  readonly delta: number;
  /** Hospitals asked in a round, drawn at random. Default: all. */
  readonly cohort?: number;
}

export interface LoadOptions {
  readonly seed: number;
  /** A folder of data sets. */
  readonly dataDir?: string | undefined;
  /** For simulated populations. */
  readonly hospitals?: number | undefined;
}

/** A population of hospitals with its data, and settings that suit it. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly needsData: boolean;
  readonly privacy: PrivacyName;
  /** @param unit what is protected, where there is privacy; default `record` */
  defaults(privacy: PrivacyName, unit?: PrivacyUnit): ScenarioDefaults;
  load(options: LoadOptions): Promise<Population>;
}
