import type { Dropped, PrivacyStatement, RoundReport } from '@fedward/core';
import type { MemberStanding } from './study-store.js';

/** A hospital's part in a study. */
export interface SiteResult {
  readonly id: string;
  /** Number of rounds that its update is in. */
  readonly roundsTrained: number;
  readonly missed: readonly (Pick<Dropped, 'code' | 'reason' | 'weightLost'> & { readonly round: number })[];
  /** What it trained on, as it said when it was met last; absent of one that was not met. */
  readonly runsOn?: string;
  readonly standing: MemberStanding['state'];
  readonly why: string;
}

/** What a study came to: `result.json`. */
export interface StudyResult {
  readonly schemaVersion: 1;
  readonly study: string;
  readonly name: string;
  readonly planHash: string;
  readonly simulationOnly: boolean;
  /** Why no further round was needed; null where the plan's rounds were used up. */
  readonly done: string | null;
  readonly rounds: readonly RoundReport[];
  readonly sites: readonly SiteResult[];
  readonly privacy: PrivacyStatement | null;
  /** Digest of the weights, as `fedward simulate` tells it: equal for equal plans under seeded noise. */
  readonly model: { readonly sha256: string };
}

/** The rounds that a hospital was asked in, or would have been, and is not part of, each with the reason. */
export function absencesIn(rounds: readonly RoundReport[], id: string): SiteResult['missed'] {
  return rounds.flatMap(({ round, dropped, leftOut }) => {
    const lost = dropped.find((one) => one.id === id);
    if (lost) return [{ round, code: lost.code, reason: lost.reason, weightLost: lost.weightLost }];
    const out = leftOut.find((one) => one.id === id);
    return out ? [{ round, code: 'LEFT_OUT', reason: out.reason, weightLost: null }] : [];
  });
}
