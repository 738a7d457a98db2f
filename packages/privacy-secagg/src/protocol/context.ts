import { digestJson, FedwardError, planHash, type Plan } from '@fedward/core';

/** Which round this is, as the server tells it to a site: all of it is bound into each key, signature and seal. */
export interface Round {
  readonly runId: string;
  readonly round: number;
  readonly plan: Plan;
  readonly cohort: readonly string[];
}

/** Of fewer than three a sum tells each of two what the other sent. */
const leastSites = 3;

/**
 * How many sites must be left at each stage: as the plan says, but more than two thirds of all that are asked, so that a
 * server that tells two stories can't have t on either side (Bonawitz et al. 2017, section 6.2, with an active server), and
 * at least 3.
 *
 * @param cohort how many are asked
 * @param asked what the plan's option says
 */
export function thresholdOf(cohort: number, asked?: number): number {
  return Math.max(leastSites, asked ?? 0, Math.floor((2 * cohort) / 3) + 1);
}

/**
 * Digest of the round: run, number, plan, cohort.
 * @throws {FedwardError} ARGUMENT_INVALID for what is no JSON
 */
export function roundDigest({ runId, round, plan, cohort }: Round): string {
  return digestJson({ protocol, runId, round, plan: planHash(plan), cohort: sorted(cohort) });
}

/** Digest of the round, who takes part in it, and what each was sent: masks cancel only among sites that agree on all of it. */
export function maskDigest(round: string, participants: readonly string[], sent: string): string {
  return digestJson({ protocol, round, participants: sorted(participants), sent });
}

/**
 * What the stream of two sites is derived with, beside their secret: their ids, so that no two pairs have the same stream.
 * The secret alone does not say whose it is: a site that shows another's key in another of its encodings (its highest bit is
 * ignored, and so is a part of low order) shares that one's secrets with all others, and streams with opposite signs would
 * take each other off.
 */
export function pairInfo(info: string, a: string, b: string): string {
  return digestJson({ protocol, info, pair: sorted([a, b]) });
}

/** In the order of code units. */
export function sorted(ids: readonly string[]): string[] {
  return [...ids].sort();
}

export const sameIds = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && sorted(a).every((id, i) => id === sorted(b)[i]);

export function refusal(code: string, clientId: string, why: string): FedwardError {
  return new FedwardError(code, `${clientId}: ${why}`, clientId);
}

/** Of which version what is signed and derived is. */
export const protocol = 'fedward secagg 1';
