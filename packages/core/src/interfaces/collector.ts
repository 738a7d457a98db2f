import type { Capability } from './aggregator.js';

/** How far a round has come. */
export interface CollectProgress {
  readonly round: number;
  /** Who was asked in this round. */
  readonly asked: number;
  /** Updates that came in, those of earlier rounds too. */
  readonly arrived: number;
  /** Who failed. */
  readonly failed: number;
  /** Who is still at work, since this round or an earlier one; never asked again before it has answered. */
  readonly underWay: number;
}

/** Decides when a round has enough, and what becomes of those who are still at work then. */
export interface Collector {
  readonly name: string;
  /** What must be there for it to work, such as an aggregator that takes updates of earlier rounds: `stale-updates`. */
  readonly requires?: readonly Capability[];
  /** What it takes away, such as `fresh-updates`. */
  readonly removes?: readonly Capability[];
  /**
   * True once the round has enough; asked after each arrival. Absent: everyone is waited for, and updates are handed on
   * as they come, so that memory does not grow with the cohort.
   */
  enough?(progress: CollectProgress): boolean;
  /**
   * For how many further rounds a site that is still at work when its round ends is waited for; its update is then of an
   * earlier round. 0: not at all, it is dropped.
   */
  readonly patience: number;
}
