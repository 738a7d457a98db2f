import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sent } from '../one-by-one.js';
import { chosenTwice } from './bulyan.js';
import { centred } from './centered-clipping.js';
import { weiszfeld } from './geometric-median.js';
import { krumScores, nearest } from './krum.js';
import { coordinateMedian } from './median.js';
import { boundedMean } from './norm-bounding.js';
import { withoutTails } from './trimmed-mean.js';

/* Eight sets of vectors, with what each rule makes of them: see test-fixtures/README.md. */
interface Value {
  readonly value: readonly number[];
}
interface Clipping extends Value {
  readonly tau: number;
  readonly iterations: number;
}
interface Case {
  readonly name: string;
  readonly info: string;
  readonly X: readonly (readonly number[])[];
  readonly f: number;
  readonly weights: readonly number[];
  readonly coordinate_median: readonly number[];
  readonly trimmed_mean: Value & { readonly k_each_side: number };
  readonly krum?: Value & { readonly scores: readonly number[]; readonly selected: number };
  readonly multi_krum?: Value & { readonly m: number; readonly selected_in_score_order: readonly number[] };
  readonly bulyan?: Value & { readonly selected_in_order: readonly number[] };
  readonly geometric_median: Value;
  readonly centered_clipping_from_zero: Clipping;
  readonly centered_clipping_from_coordinate_median: Clipping;
  readonly norm_clipped_mean: Value & { readonly clip_to_median_norm: number };
}
const fixture = join(import.meta.dirname, '../../test-fixtures/robust_aggregation.json');
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { readonly cases: readonly Case[] };

/** 1e-6 of the number, or of the largest in the vector where it is 0. */
function expectClose(found: ArrayLike<number>, known: readonly number[]): void {
  expect(found.length).toBe(known.length);
  const largest = Math.max(...known.map(Math.abs));
  known.forEach((value, i) =>
    expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-6 * (Math.abs(value) || largest)),
  );
}

describe.each(cases)('$name ($info)', (known) => {
  const { X, f, weights } = known;
  const sent: readonly Sent[] = X.map((row, i) => ({
    id: `hospital-${i}`,
    weight: weights[i]!,
    values: Float64Array.from(row),
  }));
  const idsOf = (indices: readonly number[]) => indices.map((i) => `hospital-${i}`).sort();
  const keptOf = ({ leftOut = [] }: { readonly leftOut?: readonly { readonly id: string }[] }) =>
    sent.map(({ id }) => id).filter((id) => !leftOut.some((one) => one.id === id)).sort(); // prettier-ignore

  it('median and trimmed mean', () => {
    expectClose(coordinateMedian(sent).change, known.coordinate_median);
    expect(known.trimmed_mean.k_each_side).toBe(f);
    expectClose(withoutTails(sent, f).change, known.trimmed_mean.value);
  });

  it.runIf(known.krum)('Krum', () => {
    const { scores, selected, value } = known.krum!;
    expectClose(krumScores(sent.map(({ values }) => values), sent.length - f - 2), scores); // prettier-ignore
    const agreed = nearest(sent, f, 1);
    expect(keptOf(agreed)).toEqual(idsOf([selected]));
    expectClose(agreed.change, value);
  });

  it.runIf(known.multi_krum)('multi-Krum', () => {
    const { m, selected_in_score_order: selected, value } = known.multi_krum!;
    expect(m).toBe(sent.length - f);
    const agreed = nearest(sent, f, m);
    expect(keptOf(agreed)).toEqual(idsOf(selected));
    expectClose(agreed.change, value);
  });

  it.runIf(known.bulyan)('Bulyan', () => {
    const agreed = chosenTwice(sent, f);
    expect(keptOf(agreed)).toEqual(idsOf(known.bulyan!.selected_in_order));
    expectClose(agreed.change, known.bulyan!.value);
  });

  it('geometric median', () => {
    expectClose(weiszfeld(sent, { smoothing: 1e-8, iterations: 1000 }).change, known.geometric_median.value);
  });

  it('centered clipping, from zero and from the median', () => {
    const { tau, iterations, value } = known.centered_clipping_from_zero;
    const settings = { clipNorm: tau, iterations };
    expectClose(centred(sent, new Float64Array(X[0]!.length), settings), value);
    const from = known.centered_clipping_from_coordinate_median;
    const other = { clipNorm: from.tau, iterations: from.iterations };
    expectClose(centred(sent, coordinateMedian(sent).change, other), from.value);
  });

  it('norm bounding, by a norm and by the median of the norms', () => {
    const once = sent.map((one) => ({ ...one, weight: 1 }));
    const { clip_to_median_norm: norm, value } = known.norm_clipped_mean;
    expectClose(boundedMean(once, 'median').change, value);
    expectClose(boundedMean(once, norm).change, value);
  });
});
