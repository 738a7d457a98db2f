import type { RoundReport } from '@fedward/core';

/** Why a hospital that was asked is not in a round's sum. */
export type Absence = 'dropped' | 'left out' | 'still at work';

/** One hospital's part in a run. Rounds count from 0. */
export interface HospitalPart {
  readonly id: string;
  /** In so many rounds its update is in the sum. */
  readonly rounds: number;
  /** In so many it was asked, and is not. Not to be chosen for a round is not to miss it. */
  readonly missed: number;
  /** The last round whose sum it is in; null: it is in none. */
  readonly lastRound: number | null;
  /** Of its updates: records of its training part, or 1 where their number may not be told. */
  readonly weight: number | null;
  /** The share of a round's weight that was lost by its absence, on average over rounds; null where weights are not known. */
  readonly weightShareLost: number | null;
}

/** What a round lacks. */
export interface RoundPart {
  readonly round: number;
  readonly missing: readonly { readonly id: string; readonly why: Absence }[];
  /** True for a round that moved nothing; who answered it in vain is not among the missing. */
  readonly skipped: boolean;
  /** Of those that are missing; null where it is not known. */
  readonly weightLost: number | null;
  /** Their share of the weight of all that were asked, from 0 to 1; null where it is not known, and of a skipped round. */
  readonly shareLost: number | null;
}

/** Who took part in a run. */
export interface Participation {
  /** True where no round was skipped, and each has the updates of all that it asked. */
  readonly complete: boolean;
  readonly rounds: {
    readonly asked: number;
    readonly full: number;
    /** Went on without somebody that was asked. */
    readonly without: number;
    readonly skipped: number;
    /** Why hospitals were missing in rounds that went on, each reason once. */
    readonly why: readonly Absence[];
    /** Mean of `shareLost` over rounds that were not skipped; null where one is not known. */
    readonly meanShareLost: number | null;
  };
  /** Empty where hospitals are too many for a table. */
  readonly hospitals: readonly HospitalPart[];
  /** Who missed the last round that asked them, whichever that is: what they learned since is in no model. */
  readonly goneAtEnd: readonly string[];
  /** Null before any round. */
  readonly lastRound: RoundPart | null;
}

/**
 * @param ids of all hospitals, in their order
 * @param weights by hospital; undefined where there are too many to list, and each round's own word is taken
 */
export function participationOf(
  rounds: readonly RoundReport[],
  ids: readonly string[],
  weights: ReadonlyMap<string, number> | undefined,
): Participation {
  const parts = rounds.map((report) => roundPart(report, weights));
  const counted = parts.filter(({ skipped }) => !skipped);
  const without = counted.filter(({ missing }) => missing.length > 0).length;
  const skipped = parts.length - counted.length;
  const told = tallied(rounds, parts, weights);
  return {
    complete: without === 0 && skipped === 0,
    rounds: {
      ...{ asked: rounds.length, full: counted.length - without, without, skipped },
      why: [...new Set(counted.flatMap(({ missing }) => missing.map(({ why }) => why)))].sort(),
      meanShareLost: meanOf(counted.map(({ shareLost }) => shareLost)),
    },
    hospitals: weights ? ids.map((id) => hospitalPart(id, told.get(id), weights.get(id) ?? null, counted.length)) : [],
    goneAtEnd: [...told].flatMap(([id, { gone }]) => (gone ? [id] : [])),
    lastRound: parts.at(-1) ?? null,
  };
}

function summedIn({ participants, leftOut }: RoundReport): readonly string[] {
  const out = new Set(leftOut.map(({ id }) => id));
  return participants.filter((id) => !out.has(id));
}

function roundPart(report: RoundReport, weights: ReadonlyMap<string, number> | undefined): RoundPart {
  const { round, dropped, leftOut, waiting, failure, lost } = report;
  const summed = summedIn(report);
  const why = new Map<string, Absence>();
  for (const id of waiting) why.set(id, 'still at work');
  for (const { id } of dropped) why.set(id, 'dropped');
  for (const { id } of leftOut) why.set(id, 'left out');
  for (const id of summed) why.delete(id); // its update of an earlier round is in, while it is at work again
  const missing = [...why].map(([id, because]) => ({ id, why: because }));
  const skipped = failure !== undefined;
  const weightOf = (all: readonly string[]): number | null => sumOf(all.map((id) => weights?.get(id) ?? null));
  const weightLost = weights ? weightOf([...why.keys()]) : missing.length === 0 ? 0 : (lost?.weight ?? null);
  const here = weightOf(summed);
  if (skipped) return { round, missing, skipped, weightLost, shareLost: null };
  if (missing.length === 0) return { round, missing, skipped, weightLost: 0, shareLost: 0 };
  if (!weights) return { round, missing, skipped, weightLost, shareLost: lost?.share ?? null };
  const shareLost = weightLost === null || here === null ? null : weightLost / (weightLost + here);
  return { round, missing, skipped, weightLost, shareLost };
}

interface Tally {
  rounds: number;
  missed: number;
  lastRound: number | null;
  gone: boolean;
  /** Sum over rounds of its share of what was asked. */
  shareLost: number | null;
}

function tallied(
  rounds: readonly RoundReport[],
  parts: readonly RoundPart[],
  weights: ReadonlyMap<string, number> | undefined,
): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>();
  const of = (id: string): Tally => {
    const known = tallies.get(id) ?? { rounds: 0, missed: 0, lastRound: null, gone: false, shareLost: 0 };
    tallies.set(id, known);
    return known;
  };
  for (const [index, report] of rounds.entries()) {
    const { missing, shareLost, weightLost, skipped } = parts[index]!;
    for (const id of summedIn(report)) {
      const tally = of(id);
      tally.rounds++;
      Object.assign(tally, { lastRound: report.round, gone: false });
    }
    for (const { id } of missing) {
      const tally = of(id);
      tally.missed++;
      tally.gone = true;
      if (skipped || tally.shareLost === null) continue;
      const own = weights?.get(id);
      // Of what the round lost its own part.
      tally.shareLost =
        own === undefined || shareLost === null || !weightLost
          ? null
          : tally.shareLost + (shareLost * own) / weightLost;
    }
  }
  return tallies;
}

function hospitalPart(id: string, tally: Tally | undefined, weight: number | null, rounds: number): HospitalPart {
  const {
    rounds: taken,
    missed,
    lastRound,
    shareLost,
  } = tally ?? { rounds: 0, missed: 0, lastRound: null, shareLost: 0 };
  const weightShareLost = shareLost === null ? null : rounds === 0 ? 0 : shareLost / rounds;
  return { id, rounds: taken, missed, lastRound, weight, weightShareLost };
}

function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const sum = sumOf(values);
  return sum === null ? null : values.length === 0 ? 0 : sum / values.length;
}
