import type { Applied, GradientPrivacy, Layout, Metrics, TrainingWishes } from '@fedward/core';
import type { MessagePort } from 'node:worker_threads';
import type { DataRecipe } from '../../scenario/data-recipe.js';

/** Data as they cross to a worker: where they lie in shared memory, or how to make them. */
export interface SentData {
  /** The same for the same data: a thread then knows them again. */
  readonly id: number;
  readonly count: number;
  readonly featureShape: readonly number[];
  readonly from: { readonly features: Float32Array; readonly labels: Float32Array } | { readonly recipe: DataRecipe };
  /** Whose record each is, as a number into the names. */
  readonly patients?: { readonly names: readonly string[]; readonly of: Int32Array };
}

/** A `ClientContext` without its plan, as plain data. */
export interface SentContext {
  readonly clientId: string;
  readonly runId: string;
  readonly round: number;
  readonly wishes: TrainingWishes;
  /** 8 words each. Secret noise has none: the worker takes its own from the operating system. */
  readonly randomKey: Uint32Array;
  readonly noiseKey: Uint32Array | null;
  readonly gradientPrivacy?: GradientPrivacy;
}

interface Job {
  /** JSON, since it is the same for a whole run and is parsed once a thread. */
  readonly plan: string;
  readonly data: SentData;
  readonly layout: Layout;
  /** The model to start from, in shared memory. */
  readonly model: Float32Array;
  /** Shared memory of the same size that the trained model goes into. */
  readonly trained: Float32Array;
}

/** One client's training in one round. */
export interface TrainJob extends Job {
  readonly kind: 'train';
  readonly context: SentContext;
}

/** All rounds of one hospital that trains alone. */
export interface AloneJob extends Job {
  readonly kind: 'alone';
  readonly clientId: string;
  readonly runId: string;
  readonly gradientPrivacy?: GradientPrivacy;
}

export type AnyJob = TrainJob | AloneJob;

/** With the port at which any message means: stop. */
export type SentJob = AnyJob & { readonly stop: MessagePort };

/** The trained model is in the job's `trained`. */
export interface Done {
  readonly ok: true;
  readonly applied?: Applied;
  readonly steps: number;
  readonly metrics: Metrics;
  readonly privateTensors?: Readonly<Record<string, Float32Array>>;
  /** When it began and what it took, by `clock`. */
  readonly began: number;
  readonly seconds: number;
}

/** An error as data: a class does not survive the way between threads. */
export interface Failed {
  readonly ok: false;
  readonly name: string;
  readonly code?: string;
  readonly subject?: string;
  readonly message: string;
}

export type Answer = Done | Failed;
