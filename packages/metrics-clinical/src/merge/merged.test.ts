import { createTensors, parseQueryPlan, Random, type Tensors } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  auroc,
  countsOf,
  evaluationCounts,
  evaluationCountsPlan,
  mergedEvaluation,
  suppressSmallCells,
} from '../index.js';
import type { MergedFigure } from './bounded.js';
import type { ScoredRecords } from './records.js';

type Row = readonly [score: number, label: number, site: number];

/** Scores of 0, 1, edges of bins, ties, and any others. */
const score = fc.oneof(
  fc.constantFrom(0, 1, 0.5, 0.25, 1 / 1024, 1023 / 1024, 1e-300, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const rows = fc.array(fc.tuple(score, fc.constantFrom(0, 1), fc.integer({ min: 0, max: 4 })), {
  minLength: 1,
  maxLength: 60,
});

const plan = parseQueryPlan(evaluationCountsPlan({}, { name: 'test', seed: 1 }));

/** What the sites say, each of its own records, added up. */
async function merged(given: readonly Row[], bins: number): Promise<Tensors> {
  const query = evaluationCounts({ bins });
  const sum = createTensors(query.form);
  for (const site of new Set(given.map(([, , own]) => own))) {
    const own = given.filter((row) => row[2] === site);
    const data: ScoredRecords = {
      count: own.length,
      scores: Float64Array.from(own, ([p]) => p),
      labels: Float32Array.from(own, ([, label]) => label),
    };
    query.validateData!(data);
    const context = { clientId: `h${site}`, round: 0, plan, sent: sum, instructions: {} };
    const { values } = await query.answer({ ...context, data, signal: new AbortController().signal });
    values.forEach((count, i) => (sum.values[i]! += count));
  }
  return sum;
}

/** Of all records together, by the definitions. */
function pooled(given: readonly Row[], threshold: number) {
  const n = given.length;
  const count = (called: boolean, label: number) =>
    given.filter(([p, own]) => p >= threshold === called && own === label).length;
  const [tp, fp, fn, tn] = [count(true, 1), count(true, 0), count(false, 1), count(false, 0)];
  const share = (of: number, and: number) => (of + and === 0 ? null : of / (of + and));
  const ece = Array.from({ length: 16 }, (_, k) => {
    const own = given.filter(([p]) => Math.min(15, Math.floor(p * 16)) === k);
    return Math.abs(own.reduce((sum, [p, label]) => sum + label - p, 0));
  });
  const expected = given.reduce((sum, [p]) => sum + p, 0);
  const area = auroc(
    given.map(([p]) => p),
    given.map(([, label]) => label),
  );
  return {
    auroc: area ?? null,
    brier: given.reduce((sum, [p, label]) => sum + (p - label) ** 2, 0) / n,
    logLoss: given.reduce((sum, [p, label]) => sum - (label ? Math.log(p) : Math.log1p(-p)), 0) / n,
    ece: ece.reduce((sum, gap) => sum + gap, 0) / n,
    ...(expected > 0 && { observedExpected: (tp + fn) / expected }),
    accuracy: (tp + tn) / n,
    sensitivity: share(tp, fn),
    specificity: share(tn, fp),
    ppv: share(tp, fp),
    npv: share(tn, fn),
    netBenefit: tp / n - ((fp / n) * threshold) / (1 - threshold),
  };
}

function expectWithin({ value, bounds }: MergedFigure, truth: number | null, name: string): void {
  if (truth === null) return expect(value, name).toBeNull();
  const room = 1e-12 * Math.max(1, Math.abs(truth));
  if (bounds![0] !== null) expect(truth, `${name} from ${bounds![0]}`).toBeGreaterThanOrEqual(bounds![0] - room);
  if (bounds![1] !== null) expect(truth, `${name} to ${bounds![1]}`).toBeLessThanOrEqual(bounds![1] + room);
  expect(value).toBeGreaterThanOrEqual(bounds![0]! - room);
  if (bounds![1] !== null) expect(value).toBeLessThanOrEqual(bounds![1] + room);
}

describe('figures that are merged from counts of sites', () => {
  it('have bounds that those of all records keep to: any records, any split, ties and extreme scores', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom(16, 64, 1024),
        fc.constantFrom(0, 0.25, 0.5, 0.9375),
        async (given, bins, threshold) => {
          const { counts } = countsOf(await merged(given, bins), { bins });
          const told = mergedEvaluation(counts, { threshold });
          expect(told.records).toBe(given.length);
          for (const [name, truth] of Object.entries(pooled(given, threshold)))
            expectWithin(told.figures[name]!, truth, name);
          expect(JSON.parse(JSON.stringify(told))).toEqual(told);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are exact at thresholds that are edges', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const { counts } = countsOf(await merged(given, 64), { bins: 64 });
        const truth = pooled(given, 0.25);
        const told = mergedEvaluation(counts, { threshold: 0.25 }).figures;
        for (const name of ['accuracy', 'sensitivity', 'specificity', 'ppv', 'npv', 'netBenefit'] as const) {
          expect(told[name]!.value).toBe(truth[name]);
          if (truth[name] !== null) expect(told[name]!.bounds).toEqual([truth[name], truth[name]]);
        }
      }),
      { numRuns: 30 },
    );
  });

  const random = new Random('merged');
  const given: Row[] = Array.from({ length: 3000 }, () => {
    const logit = 1.5 * random.normal();
    const label = Number(random.bernoulli(1 / (1 + Math.exp(-(0.3 + 0.8 * logit)))));
    return [1 / (1 + Math.exp(-logit)), label, random.integer(0, 5)];
  });
  const of = async (bins: number) => mergedEvaluation(countsOf(await merged(given, bins), { bins }).counts);

  it('have bounds that shrink with the number of bins, in proportion', async () => {
    const width = ({ bounds }: MergedFigure) => bounds![1]! - bounds![0]!;
    const [coarse, fine] = [await of(64), await of(1024)];
    for (const name of ['auroc', 'brier', 'ece', 'observedExpected']) {
      const [before, after] = [width(coarse.figures[name]!), width(fine.figures[name]!)];
      expect(after, name).toBeGreaterThan(0);
      expect(after, name).toBeLessThan(before / 12);
    }
    expect(width(fine.figures['auroc']!)).toBeLessThan(0.002);
    expect(width(fine.figures['brier']!)).toBeLessThan(2 / 1024);
    expect(width(fine.figures['ece']!)).toBeLessThanOrEqual(1 / 1024 + 1e-12);
  });

  it('tell calibration slope and intercept to what they are of the records', async () => {
    const { calibrationSlope, calibrationIntercept } = (await of(1024)).figures;
    const [a, b] = fitted(given);
    expect(Math.abs(calibrationSlope!.value! - b)).toBeLessThan(2e-3);
    expect(Math.abs(calibrationIntercept!.value! - a)).toBeLessThan(2e-3);
    expect(calibrationSlope!.bounds).toBeNull();
    const parted = await merged([[0.2, 0, 0], [0.9, 1, 0]], 64); // prettier-ignore
    expect(mergedEvaluation(countsOf(parted, { bins: 64 }).counts).figures['calibrationSlope']!.value).toBeNull();
  });

  it('have curves whose points are of five records at least, and end in the corners', async () => {
    const { roc, reliability, netBenefit } = (await of(1024)).curves;
    expect(roc.length).toBeLessThanOrEqual(101);
    expect([roc[0], roc.at(-1)]).toMatchObject([
      { sensitivity: 0, specificity: 1 },
      { sensitivity: 1, specificity: 0 },
    ]);
    expect(reliability.every(({ records }) => records >= 5)).toBe(true);
    const { threshold, model } = netBenefit[31]!;
    expect(model).toBeCloseTo(pooled(given, threshold).netBenefit, 12);
  });

  it('name the next edge where a threshold is none', async () => {
    const { counts } = countsOf(await merged(given.slice(0, 9), 64), { bins: 64 });
    expect(() => mergedEvaluation(counts, { threshold: 0.3 })).toThrow(/19 \/ 64/);
  });

  it('with noise: near what they are without, cut to what they can be, and without a bound', async () => {
    const sum = await merged(given, 64);
    sum.values.forEach((_, i) => (sum.values[i]! += 2 * random.normal()));
    const noisy = mergedEvaluation(countsOf(sum, { bins: 64 }).counts, { noisy: true });
    const plain = (await of(64)).figures;
    for (const name of ['auroc', 'brier', 'accuracy', 'sensitivity', 'ppv']) {
      expect(Math.abs(noisy.figures[name]!.value! - plain[name]!.value!)).toBeLessThan(0.03);
      expect(noisy.figures[name]!.bounds).toBeNull();
    }
    expect(noisy.figures['calibrationSlope']).toMatchObject({ value: null, because: /noise/ });
  });
});

/** Logistic regression of labels on log-odds, record by record. */
function fitted(given: readonly Row[]): [number, number] {
  let [a, b] = [0, 1];
  for (let step = 0; step < 20; step++) {
    let [ga, gb, aa, ab, bb] = [0, 0, 0, 0, 0];
    for (const [score, label] of given) {
      const x = Math.log(score / (1 - score));
      const p = 1 / (1 + Math.exp(-a - b * x));
      const w = p * (1 - p);
      [ga, gb, aa, ab, bb] = [ga + label - p, gb + (label - p) * x, aa + w, ab + w * x, bb + w * x * x];
    }
    const determinant = aa * bb - ab * ab;
    a += (bb * ga - ab * gb) / determinant;
    b += (aa * gb - ab * ga) / determinant;
  }
  return [a, b];
}

describe('suppressSmallCells', () => {
  it('hides small counts, and a second one where a total would give the first away', () => {
    expect(suppressSmallCells([[50, 7, 30], [20, 3, 40], [10, 60, 9]])).toEqual([[50, null, null], [null, null, 40], [null, 60, null]]); // prettier-ignore
    expect(suppressSmallCells([[90, 4], [8, 70]])).toEqual([[null, null], [null, null]]); // prettier-ignore
    expect(suppressSmallCells([[90, 0], [8, 70]])).toEqual([[90, 0], [8, 70]]); // prettier-ignore
    expect(suppressSmallCells([[90, 7], [8, 70]], 10)).toEqual([[null, null], [null, null]]); // prettier-ignore
  });

  it('leaves no line with one hidden cell beside others', () => {
    const table = fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 5 }); // prettier-ignore
    fc.assert(
      fc.property(table, (counts) => {
        const shown = suppressSmallCells(counts);
        const columns = [0, 1, 2].map((c) => shown.map((row) => row[c]));
        for (const line of [...shown, ...columns]) expect(line.filter((cell) => cell === null)).not.toHaveLength(1);
        counts.flat().forEach((count, i) => {
          const cell = shown.flat()[i];
          if (count > 0 && count < 5) expect(cell).toBeNull();
          else if (cell !== null) expect(cell).toBe(count);
        });
      }),
    );
  });
});
