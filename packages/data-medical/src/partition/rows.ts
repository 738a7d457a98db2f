import type { Random } from '@fedward/core';
import { dirichlet, drawIndex } from './dirichlet.js';
import type { Divisible } from './divisible.js';
import { Allocation } from './hospitals.js';
import { groupByLabel, unitsOf, type Unit } from './units.js';

/** Which rows each hospital gets, ascending. */
export type HospitalRows = readonly (readonly number[])[];

/**
 * Gives records to hospitals. It may be asked about several parts of one data set, a training part and a test part: what
 * tells hospitals apart (mixes, shares, bounds) was drawn before and is the same for each.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where the records don't suffice
 */
export type Divide = (records: Divisible, minimumRecords: number) => HospitalRows;

/** Each patient in turn, in random order, goes to the hospital with the fewest records. */
export function divideEvenly(hospitals: number, random: Random): Divide {
  return (records, minimumRecords) => {
    const allocation = new Allocation(records, hospitals);
    for (const unit of shuffled(unitsOf(records), random)) allocation.give(allocation.smallest(), unit);
    return allocation.finish(minimumRecords);
  };
}

/** By mixes of classes: see `partitionDirichlet`. @param whole by whose classes mixes are drawn */
export function divideByMix(whole: Divisible, hospitals: number, alpha: number, random: Random): Divide {
  const all = unitsOf(whole);
  const classes = groupByLabel(all);
  const concentrations = classes.map((units) => (alpha * units.length) / all.length);
  let mixes: readonly Float64Array[] | undefined; // drawn once, after the first order of patients
  const position = new Map(classes.map(([first], i) => [first!.label, i]));
  return (records, minimumRecords) => {
    const units = shuffled(unitsOf(records), random);
    const mixOf = (mixes ??= Array.from({ length: hospitals }, () => dirichlet(concentrations, random)));
    const pools: Unit[][] = classes.map(() => []);
    for (const unit of units) pools[position.get(unit.label)!]!.push(unit);
    const allocation = new Allocation(records, hospitals);
    for (let n = 0; n < units.length; n++) {
      const hospital = allocation.smallest();
      const nonEmpty = pools.map((pool) => pool.length > 0);
      allocation.give(hospital, pools[drawIndex(mixOf[hospital]!, nonEmpty, random)]!.pop()!);
    }
    return allocation.finish(minimumRecords);
  };
}

/** By shares of the patients: see `partitionQuantitySkew`. */
export function divideBySize(hospitals: number, alpha: number, random: Random): Divide {
  const shares = dirichlet(Array<number>(hospitals).fill(alpha), random);
  const all = Array<boolean>(hospitals).fill(true);
  return (records, minimumRecords) => {
    const allocation = new Allocation(records, hospitals);
    for (const unit of shuffled(unitsOf(records), random)) {
      const poorest = allocation.smallest();
      const served = allocation.has(poorest) >= minimumRecords;
      allocation.give(served ? drawIndex(shares, all, random) : poorest, unit);
    }
    return allocation.finish(minimumRecords);
  };
}

/**
 * By a feature: hospital k has the patients of the k-th part of its values, of parts with one number of patients each in
 * the whole. A patient's value is the mean of those of his or her records.
 *
 * @param valueOf of a record of the whole
 */
export function divideByValue(
  whole: Divisible,
  hospitals: number,
  valueOf: (records: Divisible, row: number) => number,
): Divide {
  const valuesOf = (records: Divisible) =>
    unitsOf(records).map((unit) => ({
      unit,
      value: unit.rows.reduce((sum, row) => sum + valueOf(records, row), 0) / unit.rows.length,
    }));
  const sorted = Float64Array.from(valuesOf(whole), ({ value }) => value).sort();
  /** The lowest value of each hospital but the first. */
  const bounds = Array.from(
    { length: hospitals - 1 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / hospitals)]!,
  );
  return (records, minimumRecords) => {
    const allocation = new Allocation(records, hospitals);
    for (const { unit, value } of valuesOf(records))
      allocation.give(bounds.filter((bound) => value >= bound).length, unit);
    return allocation.finish(minimumRecords);
  };
}

function shuffled(units: readonly Unit[], random: Random): Unit[] {
  return Array.from(random.permutation(units.length), (i) => units[i]!);
}
