import type {
  Applied,
  AuditEvent,
  ElementArray,
  GradientPrivacy,
  Layout,
  Metrics,
  Task,
  TrainingWishes,
  Update,
} from '@fedward/core';
import type { DataRecipe } from '../scenario/data-recipe.js';

/** Data as they cross to a worker: where they lie in shared memory, or how to make them. */
export interface SentData {
  /** The same for the same data: a thread then knows them again. */
  readonly id: number;
  readonly count: number;
  readonly featureShape: readonly number[];
  readonly from: { readonly features: Float32Array; readonly labels: Float32Array } | { readonly recipe: DataRecipe };
  /** Whose record each is, as a number into the names. */
  readonly patients?: { readonly names: readonly string[]; readonly of: Int32Array };
  readonly sharedStatistics?: string;
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

/** What all sites of a run are made from, in a thread as in any other. */
export interface SitesRecipe {
  /** JSON, since it is the same for a whole run and is parsed once a thread. */
  readonly plan: string;
  /** True where the plan's aggregator has a half of its own at the sites. */
  readonly strategy: boolean;
  /** True where noise and sampling come from the plan's seed. */
  readonly seeded: boolean;
}

/** What the tasks of one round have in common: it crosses to each thread once. */
export interface Frame {
  readonly sites: SitesRecipe;
  /** What is shown of logs is for each site alone, and stays in the main thread, but for where the server's stands. */
  readonly task: Omit<Task, 'payload' | 'taken' | 'noted' | 'cosignature'>;
  readonly layout: Layout;
  /** What the aggregator sends, in shared memory. */
  readonly sent: ElementArray;
}

/** One site's answer in one round, from its gate to its log. */
export interface SiteJob {
  readonly kind: 'site';
  readonly clientId: string;
  readonly data: SentData;
  /** True where the site has a ledger, which is charged in the main thread. */
  readonly ledger: boolean;
  /** True where it has a log of its own, which the main thread writes: entries of answers then say of which update they are. */
  readonly vouches?: boolean;
  readonly dataSheet?: string;
  readonly taken: Task['taken'];
  /** Absent: that of the job before. */
  readonly frame?: Frame;
}

interface TrainerJob {
  readonly plan: string;
  readonly data: SentData;
  readonly layout: Layout;
  /** The model to start from, in shared memory. */
  readonly model: Float32Array;
}

/** One client's training in one round, for a site that lives in the main thread. */
export interface TrainJob extends TrainerJob {
  readonly kind: 'train';
  readonly context: SentContext;
}

/** All rounds of one hospital that trains alone. */
export interface AloneJob extends TrainerJob {
  readonly kind: 'alone';
  readonly clientId: string;
  readonly runId: string;
  readonly gradientPrivacy?: GradientPrivacy;
}

export type AnyJob = SiteJob | TrainJob | AloneJob;

/** What a training did and took: by `clock`. */
export interface Worked {
  readonly steps: number;
  readonly began: number;
  readonly seconds: number;
}

/** Of a `TrainJob` or an `AloneJob`. */
export interface TrainDone extends Worked {
  /** [layout.size] */
  readonly trained: Float32Array;
  readonly applied?: Applied;
  readonly metrics: Metrics;
  readonly privateTensors?: Readonly<Record<string, Float32Array>>;
}

/** Of a `SiteJob`: the answer, or what the site failed with, and in either case what is for its log. */
export type SiteDone = {
  readonly events: readonly AuditEvent[];
  readonly work: readonly Worked[];
} & (
  | {
      readonly update: Omit<Update, 'payload'>;
      readonly values: ElementArray;
      /** Absent: the frame's. */ readonly layout?: Layout;
    }
  | { readonly error: ThreadError }
);

/** An error as data: a class does not survive the way between threads. */
export interface ThreadError {
  readonly name: string;
  readonly code?: string;
  readonly family?: 'configuration' | 'run';
  readonly subject?: string;
  readonly message: string;
}

/** What a site in a thread asks of the main thread, where what must last is kept. */
export const services = ['charge', 'load', 'save', 'forget', 'take', 'giveBack'] as const;
/** One of `services`. */
export type ServiceName = (typeof services)[number];

/** Main thread to worker: a job; that one is to stop; what a service said. */
export type ToWorker =
  | { readonly kind: 'job'; readonly id: number; readonly job: AnyJob }
  | { readonly kind: 'stop'; readonly id: number }
  | { readonly kind: 'told'; readonly ask: number; readonly value?: unknown; readonly error?: ThreadError };

/** Worker to main thread: what came of a job; a question to a service on its behalf. */
export type FromWorker =
  | { readonly kind: 'done'; readonly id: number; readonly result?: unknown; readonly error?: ThreadError }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly ask: number;
      readonly service: ServiceName;
      readonly given: readonly unknown[];
    };
