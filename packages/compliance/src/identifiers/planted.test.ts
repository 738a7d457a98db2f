import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { cleanNotes, plantedFamilies } from '../testing/planted.js';
import { findIdentifiers } from './scan.js';

/** What was planted and not found: 100 of each half. */
function missedOf(half: 'development' | 'held-out', seed: number): { planted: number; missed: string[] } {
  const families = plantedFamilies.filter((family) => family.half === half);
  const times = Array.from({ length: 100 / families.length }, (_, time) => time);
  const missed = families.flatMap(({ name, category, plant }) =>
    times.flatMap((time) => {
      const { column, cells } = plant(new Random(seed).fork(name, time));
      const found = findIdentifiers([{ name: column, cells }]).some((finding) => finding.category === category);
      return found ? [] : [`${name}: ${column}: ${cells.at(-1)}`];
    }),
  );
  return { planted: times.length * families.length, missed };
}

describe('200 planted identifiers', () => {
  it.each(['development', 'held-out'] as const)(
    'of the %s half at least 95 % are found, under their category',
    (half) => {
      const { planted, missed } = missedOf(half, 42);
      expect(planted).toBe(100);
      expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(5);
    },
  );

  it('finds nothing in notes that name nobody', () => {
    expect(findIdentifiers([{ name: 'notes', cells: cleanNotes }])).toEqual([]);
    for (const cell of cleanNotes) expect(findIdentifiers([{ name: 'notes', cells: [cell] }]), cell).toEqual([]);
  });
});
