import { FedwardError, type Random } from '@fedward/core';
import * as z from 'zod';
import type { Divisible } from './divisible.js';
import type { Unit } from './units.js';

/** What every partition needs. */
export interface PartitionOptions {
  /** Number of hospitals, >= 1. */
  readonly hospitals: number;
  readonly random: Random;
  /** Records that each hospital gets at least, >= 1 (the default). */
  readonly minimumRecords?: number;
}

/** The options that are data; `random` is taken beside them. */
export const partitionShape = {
  hospitals: z.int().min(1),
  minimumRecords: z.int().min(1).default(1),
};

/** Units on their way to hospitals. */
export class Allocation {
  readonly #rows: number[][];

  constructor(
    private readonly records: Omit<Divisible, 'labels'>,
    hospitals: number,
  ) {
    this.#rows = Array.from({ length: hospitals }, () => []);
  }

  give(hospital: number, unit: Unit): void {
    for (const row of unit.rows) this.#rows[hospital]!.push(row);
  }

  /** Number of records that a hospital has. */
  has(hospital: number): number {
    return this.#rows[hospital]!.length;
  }

  /** The hospital with the fewest records, the first of equals. */
  smallest(): number {
    let least = 0;
    for (let h = 1; h < this.#rows.length; h++) if (this.has(h) < this.has(least)) least = h;
    return least;
  }

  /**
   * Each hospital's rows, in the order of the whole.
   * @throws {FedwardError} CONFIG_INCOMPATIBLE where a hospital has too few
   */
  finish(minimumRecords: number): number[][] {
    const { name, count, patientIds } = this.records;
    const patients = patientIds ? new Set(patientIds).size : count;
    const poorest = this.has(this.smallest());
    if (poorest < minimumRecords)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${name} (${count} records of ${patients} patients) can't give ${this.#rows.length} hospitals ${minimumRecords} records each: one is left ` +
          `with ${poorest}`,
        'minimumRecords',
      );
    return this.#rows.map((rows) => rows.sort((a, b) => a - b));
  }
}
