import { largest, smallest } from '@fedward/core';
import type { FigureSpread, ValidationFold } from './validation-result.js';

/** Each figure over the folds in which it is defined. */
export function spreadOf(folds: readonly Pick<ValidationFold, 'evaluation'>[]): Readonly<Record<string, FigureSpread>> {
  const values = new Map<string, number[]>();
  for (const { evaluation } of folds)
    for (const [name, { value }] of Object.entries(evaluation?.figures ?? {}))
      if (value !== null) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, own]) => [name, spread(own)]));
}

function spread(values: readonly number[]): FigureSpread {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    folds: n,
    mean,
    standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    smallest: smallest(values),
    largest: largest(values),
  };
}
