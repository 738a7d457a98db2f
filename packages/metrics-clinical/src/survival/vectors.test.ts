import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  aurocAt,
  breslowBaseline,
  brierLosses,
  censoringOf,
  concordanceIndex,
  cumulativeHazardAt,
  harrellC,
  integrated,
  kaplanMeier,
  meanAuroc,
  survivalAt,
  survivalErrorAt,
  survivalIntervalAt,
  survivalQuantile,
  unoC,
} from '../index.js';

const dataDir = process.env['FEDWARD_DATA'] ?? '';
const reference = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(join(dataDir, '..', 'reference', 'clinical', name), 'utf8')) as T;

interface MetricSet {
  readonly name: string;
  readonly time: number[];
  readonly event: number[];
  readonly risk: number[];
  readonly times?: number[];
  readonly survival_probabilities_at_times?: number[][];
  readonly metrics: {
    readonly harrell_c_sksurv: number;
    readonly harrell_c_lifelines: number;
    readonly uno_c: number;
    readonly uno_tau: number;
    readonly uno_censoring_from: string;
    readonly cumulative_dynamic_auc: { times: number[]; auc: number[]; mean_weighted: number };
    readonly brier_at_times?: number[];
    readonly integrated_brier?: number;
  };
}

const rowsOf = async (set: string, file: string): Promise<Record<string, string>[]> => {
  const [head, ...lines] = (await readFile(join(dataDir, set, file), 'utf8')).trim().split(/\r?\n/);
  const cellsOf = (line: string): string[] =>
    line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.replaceAll('"', '')); // commas within quotes stay
  const names = cellsOf(head!);
  return lines.map((line) => {
    const cells = cellsOf(line);
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
};

describe.skipIf(!dataDir)('scikit-survival 0.28 and lifelines (needs FEDWARD_DATA)', () => {
  it.each(['lung_cox', 'veteran_minus_karno_ties', 'tcga_brca_test', 'gbsg2_pnodes'])('%s', async (name) => {
    const { sets } = await reference<{ sets: MetricSet[] }>('survival_metrics.json');
    const {
      time,
      event,
      risk,
      survival_probabilities_at_times: survival,
      metrics,
    } = sets.find((s) => s.name === name)!;
    const labels = time.map((t, i) => labelOf(t, event[i] === 1));
    expect(harrellC(risk, labels)!.value).toBeCloseTo(metrics.harrell_c_sksurv, 12);
    expect(concordanceIndex(risk, labels)).toBeCloseTo(metrics.harrell_c_lifelines, 12);
    const censoring =
      metrics.uno_censoring_from === 'training data' ? censoringOf(await tcgaTraining()) : censoringOf(labels);
    expect(unoC(risk, labels, { censoring, tau: metrics.uno_tau })!.value).toBeCloseTo(metrics.uno_c, 9);
    const { times, auc, mean_weighted } = metrics.cumulative_dynamic_auc;
    const areas = times.map((t) => aurocAt(risk, labels, t, censoring)!.value);
    areas.forEach((area, k) => expect(area).toBeCloseTo(auc[k]!, 9));
    expect(meanAuroc(times, areas, kaplanMeier(labels))).toBeCloseTo(mean_weighted, 9);
    if (!survival || !metrics.brier_at_times) return;
    const scores = times.map((t, k) => {
      const losses = brierLosses(survival.map((row) => row[k]!), labels, t, censoring)!; // prettier-ignore
      return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    });
    scores.forEach((score, k) => expect(score).toBeCloseTo(metrics.brier_at_times![k]!, 9));
    expect(integrated(times, scores)).toBeCloseTo(metrics.integrated_brier!, 9);
  });

  it('lifelines 0.30.3 where scores of the TCGA-BRCA test part are rounded to whole numbers, so that many are tied', async () => {
    const { sets } = await reference<{ sets: MetricSet[] }>('survival_metrics.json');
    const { time, event, risk } = sets.find(({ name }) => name === 'tcga_brca_test')!;
    const labels = time.map((t, i) => labelOf(t, event[i] === 1));
    expect(concordanceIndex(risk.map(Math.round), labels)).toBeCloseTo(0.8227106227106227, 14);
  });

  /** Who was seen on one day alone has the time 0, which no label can have. */
  function labelOf(time: number, event: boolean): number {
    return Math.max(time, 1e-6) * (event ? 1 : -1);
  }

  /** The train folds of all regions. */
  async function tcgaTraining(): Promise<number[]> {
    const folds = new Map((await rowsOf('tcga-brca', 'train_test_split.csv')).map((row) => [row['pid'], row['fold']]));
    const rows = (await rowsOf('tcga-brca', 'brca.csv')).filter((row) => folds.get(row['pid']) === 'train');
    return rows.map((row) => labelOf(Number(row['T']), Number(row['E']) === 1));
  }
});

interface KaplanMeierVector {
  readonly times: number[];
  readonly surv: number[];
  readonly greenwood_se_of_S: number[];
  readonly lower95_log: number[];
  readonly upper95_log: number[];
  readonly lower95_loglog: number[];
  readonly upper95_loglog: number[];
  readonly quantiles_25_50_75: (number | null)[];
}

describe.skipIf(!dataDir)('R survival 3.5-3 (needs FEDWARD_DATA)', () => {
  const lung = async (keep: (row: Record<string, string>) => boolean = () => true) =>
    (await rowsOf('lung-ncctg', 'lung.csv')).filter(keep);
  const labelsOf = (rows: Record<string, string>[]) =>
    rows.map((row) => Number(row['time']) * (row['status'] === '2' ? 1 : -1));

  it('gives Kaplan-Meier curves with Greenwood errors, intervals on both scales, and quantiles', async () => {
    const { kaplan_meier } = await reference<{ kaplan_meier: Record<string, KaplanMeierVector> }>('survival_r.json');
    const veteran = (await rowsOf('veteran', 'veteran.csv')).map(
      (row) => [row['trt'], Number(row['time']) * (row['status'] === '1' ? 1 : -1)] as const,
    );
    const cases: [KaplanMeierVector, number[]][] = [
      [kaplan_meier['lung_all']!, labelsOf(await lung())],
      [partOf(kaplan_meier['lung_by_sex']!, 0), labelsOf(await lung((row) => row['sex'] === '1'))],
      [partOf(kaplan_meier['lung_by_sex']!, 1), labelsOf(await lung((row) => row['sex'] === '2'))],
      ...['1', '2'].map((trt, part): [KaplanMeierVector, number[]] => [
        partOf(kaplan_meier['veteran_by_trt']!, part),
        veteran.filter(([own]) => own === trt).map(([, label]) => label),
      ]),
    ];
    for (const [vector, labels] of cases) {
      const curve = kaplanMeier(labels);
      vector.times.forEach((time, k) => {
        expect(survivalAt(curve, time)).toBeCloseTo(vector.surv[k]!, 12);
        expect(survivalErrorAt(curve, time)).toBeCloseTo(vector.greenwood_se_of_S[k]!, 12);
        const log = survivalIntervalAt(curve, time, 'log') ?? [1, 1];
        const logLog = survivalIntervalAt(curve, time) ?? [1, 1];
        expect(log[0]).toBeCloseTo(vector.lower95_log[k]!, 9);
        expect(log[1]).toBeCloseTo(vector.upper95_log[k]!, 9);
        expect(logLog[0]).toBeCloseTo(vector.lower95_loglog[k]!, 9);
        expect(logLog[1]).toBeCloseTo(vector.upper95_loglog[k]!, 9);
      });
      const quantiles = [0.25, 0.5, 0.75].map((p) => survivalQuantile(curve, p) ?? null);
      expect(quantiles).toEqual(vector.quantiles_25_50_75);
    }
  });

  /** One of two strata. */
  function partOf(vector: KaplanMeierVector, part: number): KaplanMeierVector {
    const half = vector.times.length / 2;
    const own = Object.entries(vector).map(([name, values]): [string, unknown] => {
      if (!Array.isArray(values)) return [name, values];
      return [name, values.length === 2 ? values[part] : values.slice(part * half, (part + 1) * half)];
    });
    return Object.fromEntries(own) as unknown as KaplanMeierVector;
  }

  it('gives the baseline hazard of a Cox model, and the variance of its concordance', async () => {
    interface Fit {
      readonly coef: number[];
      readonly baseline_cumulative_hazard_at_zero: { time: number[]; hazard: number[] };
      readonly concordance: { C: number; var: number };
    }
    const { fits } = await reference<{ fits: Record<string, Fit> }>('cox.json');
    const fit = fits['lung_age_sex_ecog_breslow']!;
    const rows = await lung((row) => row['ph.ecog'] !== '');
    const logHazards = rows.map((row) =>
      ['age', 'sex', 'ph.ecog'].reduce((sum, name, j) => sum + fit.coef[j]! * Number(row[name]), 0),
    );
    const baseline = breslowBaseline(logHazards, labelsOf(rows));
    const { time, hazard } = fit.baseline_cumulative_hazard_at_zero;
    time.forEach((t, k) => expect(cumulativeHazardAt(baseline, t)).toBeCloseTo(hazard[k]!, 9));
    const concordance = harrellC(logHazards, labelsOf(rows))!;
    expect(concordance.value).toBeCloseTo(fit.concordance.C, 12);
    expect(concordance.variance).toBeCloseTo(fit.concordance.var, 12);
  });
});
