import assert from 'node:assert/strict';
import { Random, type PrivacyUnit, type Records } from '@fedward/core';
import type { Checks } from '../suite.js';
import { ask, type Given } from './given.js';

const all: readonly PrivacyUnit[] = ['record', 'patient', 'hospital'];

/** That no unit moves an answer further than the query says: noise is made for what it says. */
export function boundChecks(given: Given): Checks {
  const { create, records, join } = given;
  const said = (unit: PrivacyUnit): number | undefined => create().sensitivity?.(unit);
  const units = given.units ?? all.filter((unit) => said(unit) !== undefined);
  /** How far the answer moves once the records of one unit come to others. */
  const moved = async (others: Records, unit: Records): Promise<number> => {
    const [without, withThem] = [await ask(given, others), await ask(given, join(others, unit))];
    return Math.hypot(...Array.from(withThem.values, (x, i) => x - without.values[i]!));
  };
  const within = async (unit: PrivacyUnit, counts: readonly number[]): Promise<void> => {
    const limit = said(unit)!;
    for (let draw = 0; draw < 60; draw++) {
      const random = new Random('neighbours').fork(unit, draw);
      const own = belonging(records(random.fork('own'), counts[draw % counts.length]!), unit, () => 'the patient');
      const others = belonging(records(random.fork('others'), draw % 7), unit, (row) => `another ${row}`);
      const far = await moved(others, own);
      const room = limit * (1 + 1e-6);
      assert.ok(far <= room, `${own.count} records of one ${unit} move the answer by ${far}; it says ${limit} at most`);
    }
  };

  return {
    'what it says that a unit moves is a number above zero, or nothing'() {
      for (const unit of all) {
        const sensitivity = said(unit);
        const bounds = sensitivity === undefined || (sensitivity > 0 && Number.isFinite(sensitivity));
        assert.ok(bounds, `it says that a ${unit} moves its answer by ${sensitivity} at most`);
        assert.equal(said(unit), sensitivity, 'what it says, asked again');
      }
      for (const unit of units) assert.ok(said(unit) !== undefined, `it says nothing of what a ${unit} moves`);
    },

    'what it says does not grow from hospital to patient to record'() {
      const [record, patient, hospital] = all.map(said);
      const smaller = (part: number | undefined, whole: number | undefined): boolean =>
        part === undefined ? whole === undefined : whole === undefined || part <= whole;
      assert.ok(smaller(patient, hospital), `a patient moves it by ${patient}, a hospital by ${hospital}`);
      assert.ok(smaller(record, patient), `a record moves it by ${record}, a patient by ${patient}`);
    },

    ...(units.includes('record') && {
      'a record moves the answer by what it says at most': () => within('record', [1]),
    }),
    ...(units.includes('patient') && {
      'all the records of a patient move the answer by what it says at most': () => within('patient', [1, 2, 5, 30]),
    }),
  };
}

/** Where patients are told apart by their ids: whose records they are. */
function belonging(data: Records, unit: PrivacyUnit, idOf: (row: number) => string): Records {
  if (unit !== 'patient') return data;
  return { ...data, patientIds: Array.from({ length: data.count }, (_, row) => idOf(row)) };
}
