import type { Layout, ModelSpec, Trained } from '@fedward/core';
import type { SentContext, SentError, TrainerSource } from '@fedward/sim-healthcare/training';

/** What a data set is, without its rows. */
export interface DataShape {
  readonly count: number;
  readonly featureShape: readonly number[];
  readonly patientIds?: readonly string[];
  readonly sharedStatistics?: string;
}

/** Which of a data set's two arrays a piece is of. */
export type DataPart = 'features' | 'labels';

/** One question to the trainer. Data are named by the number under which they crossed before. */
export type Job =
  | { readonly kind: 'describe' }
  | {
      readonly kind: 'train';
      readonly data: number;
      /** JSON, since it is the same for a whole run and is parsed once. */
      readonly plan: string;
      readonly layout: Layout;
      readonly values: Float32Array;
      readonly context: SentContext;
    }
  | {
      readonly kind: 'predict';
      readonly data: number;
      readonly model: ModelSpec;
      readonly layout: Layout;
      readonly values: Float32Array;
    };

/** Of a `train` job. The layout is that of the payload. */
export type TrainDone = Omit<Trained, 'payload'> & { readonly values: Float32Array };

/** The daemon to its training process. */
export type ToChild =
  | {
      readonly kind: 'data';
      readonly data: number;
      readonly shape: DataShape;
      readonly lengths: Record<DataPart, number>;
    }
  /** At most `pieceLength` elements, from `offset` on. */
  | {
      readonly kind: 'piece';
      readonly data: number;
      readonly part: DataPart;
      readonly offset: number;
      readonly values: Float32Array;
    }
  | { readonly kind: 'forget'; readonly data: number }
  | { readonly kind: 'job'; readonly id: number; readonly job: Job }
  | { readonly kind: 'stop'; readonly id: number };

/** The training process to its daemon. */
export type FromChild =
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError };

/** What the training process is started with, as JSON in its arguments. */
export interface ChildOptions {
  readonly trainer: TrainerSource;
  /** Of memory that is resident, in bytes. */
  readonly mostBytes: number;
}
