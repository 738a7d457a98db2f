import type { LocalTrainer } from '@fedward/core';
import { expect } from 'vitest';
import { expectedOutputs } from './expected.js';
import type { Problem } from './problems.js';

/** What a runtime gave, by output: numbers row after row, or texts. */
export type Results = Readonly<Record<string, { readonly data: ArrayLike<number | bigint | string> }>>;

/** Of two classes and more, what fedward makes of logits. */
function probabilities(outputs: Float32Array): number[] {
  if (outputs.length === 1) {
    const p = 1 / (1 + Math.exp(-outputs[0]!));
    return [1 - p, p];
  }
  const largest = Math.max(...outputs);
  const powers = Array.from(outputs, (x) => Math.exp(x - largest));
  const sum = powers.reduce((one, other) => one + other, 0);
  return powers.map((power) => power / sum);
}

/**
 * Holds each row against what fedward itself says of it; rows that it refuses have to be NaN.
 * @returns largest difference, relative above 1, and how many rows had a prediction
 */
export async function compared(
  problem: Problem,
  trainer: LocalTrainer,
  results: Results,
): Promise<{ readonly worst: number; readonly scored: number }> {
  const expected = await expectedOutputs(problem, trainer);
  const { task } = problem.bundle.manifest;
  const told = task === 'value' ? 'value' : task === 'survival' ? 'log_hazard' : 'probabilities';
  const found = Array.from(results[told]!.data, Number);
  const width = found.length / expected.length;
  let worst = 0;
  let scored = 0;
  expected.forEach((outputs, row) => {
    const own = found.slice(row * width, (row + 1) * width);
    if (!outputs) {
      expect(own, `row ${row}: ${problem.rows[row]!.join()}`).toEqual(Array(width).fill(NaN));
      if (results['label']) {
        expect(Number(results['label'].data[row])).toBe(-1);
        expect(results['class']!.data[row]).toBe('');
      }
      return;
    }
    scored++;
    const wanted = task === 'binary' || task === 'classes' ? probabilities(outputs) : [...outputs];
    wanted.forEach((value, i) => {
      expect(own[i], `row ${row}: ${problem.rows[row]!.join()}`).not.toBeNaN();
      worst = Math.max(worst, Math.abs(own[i]! - value) / Math.max(1, Math.abs(value)));
    });
    if (task === 'binary') {
      expect(Number(results['label']!.data[row])).toBe(wanted[1]! >= 0.4 ? 1 : 0);
      expect(results['class']!.data[row]).toBe(wanted[1]! >= 0.4 ? 'yes' : 'no');
    }
  });
  // A network that is sure of everything tells nothing of what went in.
  const sure = found.filter((value) => value < 1e-3 || value > 1 - 1e-3).length;
  if (task === 'binary') expect(sure).toBeLessThan(found.length / 4);
  return { worst, scored };
}
