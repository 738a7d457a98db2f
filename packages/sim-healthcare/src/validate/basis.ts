import type { FoldHospital, Fold } from './fold.js';
import type { LoadedRun } from '../run/planned-run.js';

/** A run of which folds are made. */
export interface Basis extends LoadedRun {
  /** Number of threads; undefined: as many as pay. They change no bit. */
  readonly workers?: number | undefined;
  /** The run's hospitals as a fold parts their records. */
  readonly foldOf: (fold: Fold) => Promise<readonly FoldHospital[]>;
  /** What is under way, for whoever watches, in a few words. */
  readonly say: (words: string) => void;
  readonly signal: AbortSignal;
}
