import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areaUnderRoc, evaluate } from '../index.js';
import { jackknifeVariance } from '../influence/influence.js';
import { binaryFigures } from './binary.js';

const dataDir = process.env['FEDWARD_DATA'] ?? '';

interface Calibration {
  readonly intercept: number;
  readonly slope: number;
  readonly se_intercept: number;
  readonly se_slope: number;
  readonly in_the_large: number;
  readonly se_in_the_large: number;
}

interface Set {
  readonly name: string;
  readonly y: number[];
  readonly p: number[];
  readonly classes?: string[];
  readonly reliability_10_equal_width: { n: number; mean_p: number | null; event_rate: number | null }[];
  readonly metrics: Record<string, number | null> & {
    readonly calibration_logistic: Calibration | null;
    readonly delong_ci95_pROC?: [number, number];
  };
  readonly thresholds: (Record<string, number | null> & { wilson95: Record<string, [number, number] | null> })[];
}

const reference = async (): Promise<Set[]> =>
  (JSON.parse(await readFile(join(dataDir, '..', 'reference', 'clinical', 'metrics.json'), 'utf8')) as { sets: Set[] })
    .sets;

/** Log-odds that are finite where a probability is 0 or 1. */
const logit = (p: number): number => Math.max(-700, Math.min(700, Math.log(p) - Math.log1p(-p)));

describe.skipIf(!dataDir)('scikit-learn, statsmodels and pROC (needs FEDWARD_DATA)', () => {
  it.each([
    ...['balanced-overfit', 'ties-rounded-to-0.05', 'imbalanced-2000', 'one-class-negative', 'perfect-with-0-and-1'],
    ...['heart-disease-740-logistic-oof', 'eicu-demo-apache-iva'],
  ])('%s', async (name) => {
    const set = (await reference()).find((one) => one.name === name)!;
    const logits = Float64Array.from(set.p, logit);
    const labels = Float32Array.from(set.y);
    const scores = { logits, probabilities: Float64Array.from(set.p), labels, patients: { count: labels.length } };
    const near = (found: number | null | undefined, asked: number | null | undefined, digits = 9): void => {
      if (asked === null || asked === undefined) expect(found ?? null).toBeNull();
      else expect(found).toBeCloseTo(asked, digits);
    };
    const { figures, curves } = binaryFigures(scores, { bootstrap: { draws: 20, seed: 1 } });
    const { metrics } = set;
    near(figures['auroc']!.value, metrics['auroc']);
    near(figures['auprc']!.value, metrics['auprc_average_precision']);
    near(figures['brier']!.value, metrics['brier']);
    if (name !== 'perfect-with-0-and-1') near(figures['logLoss']!.value, metrics['log_loss_clip_1e-15']);
    near(figures['ece']!.value, metrics['ece_10_equal_width']);
    near(figures['eceEqualCount']!.value, metrics['ece_10_equal_count_stable_sort']);
    near(figures['observedExpected']!.value, metrics['observed_expected_ratio']);
    const area = areaUnderRoc(logits, labels);
    if (metrics['delong_variance_pROC'] !== undefined)
      near(jackknifeVariance(area!.influences, scores.patients), metrics['delong_variance_pROC']);
    if (metrics.delong_ci95_pROC && metrics['delong_variance_pROC'] !== 0) {
      near(figures['auroc']!.interval![0], metrics.delong_ci95_pROC[0]);
      near(figures['auroc']!.interval![1], metrics.delong_ci95_pROC[1]);
    }
    const fit = metrics.calibration_logistic;
    near(figures['calibrationSlope']!.value, fit?.slope, 6);
    near(figures['calibrationIntercept']!.value, fit?.intercept, 6);
    if (fit) near(figures['calibrationInTheLarge']!.value, fit.in_the_large, 6);

    const bins = set.reliability_10_equal_width.filter(({ n }) => n > 0);
    expect(curves!.reliability!.map(({ records }) => records)).toEqual(bins.map(({ n }) => n));
    curves!.reliability!.forEach(({ predicted, observed }, i) => {
      near(predicted, bins[i]!.mean_p);
      near(observed, bins[i]!.event_rate);
    });
    for (const asked of set.thresholds) {
      const threshold = asked['threshold']!;
      const { figures: at } = binaryFigures(scores, { threshold, curves: false, bootstrap: { draws: 0, seed: 1 } });
      const pairs = { sensitivity: 'sensitivity', specificity: 'specificity', ppv: 'ppv', npv: 'npv', accuracy: 'accuracy', f1: 'f1', balancedAccuracy: 'balanced_accuracy', netBenefit: 'net_benefit' }; // prettier-ignore
      for (const [ours, theirs] of Object.entries(pairs)) near(at[ours]!.value, asked[theirs]);
      if (name !== 'one-class-negative') {
        near(at['mcc']!.value, asked['mcc']);
        near(at['kappa']!.value, asked['cohen_kappa']);
      }
      for (const [ours, interval] of Object.entries(asked.wilson95))
        if (interval) interval.forEach((bound, i) => near(at[ours]!.interval![i], bound));
    }
  });

  it.each(['thyroid-new-oof', 'dermatology-oof'])('%s, many classes', async (name) => {
    const set = (await reference()).find((one) => one.name === name)! as unknown as {
      y: number[];
      P: number[][];
      classes: (string | number)[];
      metrics: Record<string, number | number[]>;
      confusion_rows_true: number[][];
    };
    const classes = set.classes.map(String);
    const labels = Float32Array.from(set.y, (y) => (set.classes.includes(y) ? set.classes.indexOf(y) : y));
    const outputs = Float32Array.from(set.P.flatMap((row) => row.map((p) => Math.log(Math.max(p, 1e-38)))));
    const found = evaluate({ loss: 'softmax-cross-entropy', outputs, labels, classes });
    expect(found.confusion!.counts).toEqual(set.confusion_rows_true);
    const exact = { accuracy: 'accuracy', balancedAccuracy: 'balanced_accuracy', kappa: 'cohen_kappa' };
    for (const [ours, theirs] of Object.entries(exact))
      expect(found.figures[ours]!.value).toBeCloseTo(set.metrics[theirs] as number, 9);
    // Probabilities went through float32 logits.
    const rounded = { auroc: 'auroc_ovr_macro', logLoss: 'log_loss', brier: 'brier_sum_over_classes' };
    for (const [ours, theirs] of Object.entries(rounded))
      expect(found.figures[ours]!.value).toBeCloseTo(set.metrics[theirs] as number, 5);
    (set.metrics['auroc_per_class'] as number[]).forEach((area, c) =>
      expect(found.byClass![classes[c]!]!['auroc']!.value).toBeCloseTo(area, 5),
    );
  });
});
