import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { confusionCounts } from '../agreement/confusion.js';
import { binaryFigures } from '../binary/figures.js';
import { recordsOfTwo } from '../binary/records.js';
import { reliability } from '../calibration/reliability.js';
import { recalibrate } from '../calibration/recalibration.js';
import { separation } from '../calibration/separation.js';
import { classFigures, figuresByClass, oneAgainstRest } from '../classes/figures.js';
import { areaInfluence, areaUnderCurve, structuralComponents } from '../discrimination/delong.js';
import { rocSteps } from '../discrimination/roc.js';
import { combined, varianceOf } from '../intervals/influence.js';
import { patientsOf } from '../intervals/patients.js';
import { decisionCurve } from '../utility/net-benefit.js';

/*
 * Nine sets of predictions with the figures of scikit-learn 1.9.1, statsmodels 0.15.0 and R's pROC 1.18.0, beside the data.
 */
const dataFolder = process.env['FEDWARD_DATA'];

type Known = Readonly<Record<string, number | null>>;

interface Threshold extends Known2 {
  readonly threshold: number;
  readonly wilson95: Readonly<Record<string, readonly [number, number] | null>>;
}
type Known2 = Readonly<Record<string, unknown>>;

interface BinarySet {
  readonly name: string;
  readonly n: number;
  readonly y: readonly number[];
  readonly p: readonly number[];
  readonly metrics: Known & { readonly calibration_logistic: Known | null };
  readonly thresholds: readonly Threshold[];
  readonly youden?: { readonly threshold: number };
  readonly reliability_10_equal_width: readonly Known[];
  readonly second_model?: Known & { readonly p: readonly number[] };
}

interface ClassSet {
  readonly name: string;
  readonly classes: readonly string[];
  readonly y: readonly number[];
  readonly P: readonly (readonly number[])[];
  readonly metrics: Known & { readonly auroc_per_class: number[]; readonly average_precision_per_class: number[] };
  readonly confusion_rows_true: readonly (readonly number[])[];
}

const sets: readonly (BinarySet | ClassSet)[] = dataFolder
  ? (JSON.parse(readFileSync(join(dataFolder, '..', 'reference', 'clinical', 'metrics.json'), 'utf8')) as { sets: [] })
      .sets
  : [];
const binarySets = sets.filter((set): set is BinarySet => 'p' in set);
const classSets = sets.filter((set): set is ClassSet => 'P' in set);
const logit = (p: number) => Math.log(p) - Math.log1p(-p);
const bootstrap = { draws: 20, seed: 0 };

/** 1e-9, relative for what is larger than 1; null stands for what is not defined. */
function expectNear(found: number | null | undefined, expected: unknown, what: string, within = 1e-9): void {
  if (expected === null) return expect(found ?? null, what).toBeNull();
  expect(typeof expected, what).toBe('number');
  const known = expected as number;
  expect(Math.abs(found! - known), `${what}: ${found} for ${known}`).toBeLessThan(
    within * Math.max(1, Math.abs(known)),
  );
}

function records(set: BinarySet, threshold: number, p = set.p) {
  const called = Uint8Array.from(p, (one) => Number(one >= threshold));
  return recordsOfTwo(
    Float64Array.from(p, logit),
    Float64Array.from(p),
    set.y,
    called,
    patientsOf(undefined, set.y.length),
  );
}

describe.skipIf(!dataFolder)('two classes against scikit-learn, statsmodels and pROC (needs FEDWARD_DATA)', () => {
  it('has the sets', () => expect([binarySets.length, classSets.length]).toEqual([7, 2]));

  it.each(binarySets)('$name: areas, probabilities, calibration', (set) => {
    const own = records(set, 0.5);
    const figures = binaryFigures(own, { threshold: 0.5, operatingPoint: 0.9, bootstrap });
    const { metrics } = set;
    const value = (name: string) => figures[name]!.figure.value;
    expectNear(value('auroc'), metrics['auroc'], 'auroc');
    expectNear(value('auprc'), metrics['auprc_average_precision'], 'auprc');
    expectNear(value('brier'), metrics['brier'], 'brier');
    if (set.p.every((p) => p > 0 && p < 1)) expectNear(value('logLoss'), metrics['log_loss_clip_1e-15'], 'log loss');
    expectNear(value('ece'), metrics['ece_10_equal_width'], 'ece');
    expectNear(value('eceEqualCount'), metrics['ece_10_equal_count_stable_sort'], 'ece of equal counts');
    expectNear(value('observedExpected'), metrics['observed_expected_ratio'], 'observed over expected');
    const components = structuralComponents(own);
    if (metrics['delong_variance_pROC'] !== undefined && metrics['delong_variance_pROC'] !== null)
      expectNear(varianceOf(areaInfluence(own, components!)), metrics['delong_variance_pROC'], 'DeLong variance');
    const known = metrics.calibration_logistic;
    if (known && known['slope'] !== null && known['slope'] !== undefined) {
      const both = recalibrate(own.scores, own.labels)!;
      const alone = recalibrate(own.scores, own.labels, 1)!;
      expectNear(both.intercept, known['intercept'], 'intercept', 1e-6);
      expectNear(both.slope, known['slope'], 'slope', 1e-6);
      expectNear(Math.sqrt(both.covariance[0]), known['se_intercept'], 'se intercept', 1e-6);
      expectNear(Math.sqrt(both.covariance[2]), known['se_slope'], 'se slope', 1e-6);
      expectNear(alone.intercept, known['in_the_large'], 'in the large', 1e-6);
      expectNear(Math.sqrt(alone.covariance[0]), known['se_in_the_large'], 'se in the large', 1e-6);
      expectNear(value('calibrationSlope'), known['slope'], 'calibrationSlope', 1e-6);
    } else {
      expect(value('calibrationSlope')).toBeNull();
      expect(figures['calibrationSlope']!.figure.because ?? separation(own)).toBeTruthy();
    }
    const bins = set.reliability_10_equal_width.filter((bin) => bin['n']! > 0);
    reliability(own).forEach((bin, i) => {
      expect(bin.records).toBe(bins[i]!['n']);
      expectNear(bin.predicted, bins[i]!['mean_p'], 'mean of a bin');
      expectNear(bin.observed, bins[i]!['event_rate'], 'events of a bin');
    });
    expect(reliability(own)).toHaveLength(bins.length);
    if (set.youden) {
      const { thresholds, truePositives, falsePositives } = rocSteps(own);
      const J = (step: number) =>
        truePositives[step]! * (own.count - own.positives) - falsePositives[step]! * own.positives;
      const best = [...thresholds.keys()].reduce((one, other) => (J(other) > J(one) ? other : one));
      expect(thresholds[best]).toBe(set.youden.threshold);
    }
  });

  it.each(binarySets)('$name: at thresholds', (set) => {
    const curve = new Map(decisionCurve(records(set, 0.5)).map((point) => [point.threshold, point]));
    for (const known of set.thresholds) {
      const own = records(set, known.threshold);
      const counts = confusionCounts(own.labels, own.called, 2);
      expect([...counts]).toEqual([known['tn'], known['fp'], known['fn'], known['tp']]);
      const figures = binaryFigures(own, { threshold: known.threshold, operatingPoint: 0.9, bootstrap });
      const names = {
        sensitivity: 'sensitivity',
        specificity: 'specificity',
        ppv: 'ppv',
        npv: 'npv',
        accuracy: 'accuracy',
        balancedAccuracy: 'balanced_accuracy',
        kappa: 'cohen_kappa',
        mcc: 'mcc',
        f1: 'f1',
        netBenefit: 'net_benefit',
      };
      const at = `at ${known.threshold}`;
      for (const [name, theirs] of Object.entries(names))
        expectNear(figures[name]!.figure.value, known[theirs], `${name} ${at}`);
      if (typeof known['lr_positive'] === 'number')
        expectNear(figures['likelihoodRatioPositive']!.figure.value, known['lr_positive'], `LR+ ${at}`);
      for (const [name, interval] of Object.entries(known.wilson95)) {
        const found = figures[name]!.figure.interval;
        for (const end of [0, 1]) expectNear(found?.[end] ?? null, interval ? interval[end] : null, `${name} ${at}`);
      }
      const point = curve.get(known.threshold)!;
      expectNear(point.model, known['net_benefit'], `curve ${at}`);
      expectNear(point.all, known['net_benefit_treat_all'], `treat all ${at}`);
    }
  });

  it("gives pROC's covariance of two models on the same patients, and its z", () => {
    const set = binarySets.find(({ second_model }) => second_model)!;
    const known = set.second_model!;
    const pair = [set.p, known.p].map((p) => records(set, 0.5, p));
    const influences = pair.map((own) => areaInfluence(own, structuralComponents(own)!));
    const [va, vb] = influences.map((one) => varianceOf(one)!);
    const difference = varianceOf(
      combined([
        [1, influences[0]!],
        [-1, influences[1]!],
      ]),
    )!;
    expectNear((va! + vb! - difference) / 2, known['delong_covariance_pROC'], 'covariance');
    const [a, b] = pair.map((own) => areaUnderCurve(own).figure.value!);
    expectNear(b, known['auroc_second'], 'second area');
    expectNear((a! - b!) / Math.sqrt(difference), known['delong_z_pROC'], 'z');
  });
});

describe.skipIf(!dataFolder)('many classes against scikit-learn (needs FEDWARD_DATA)', () => {
  it.each(classSets)('$name', ({ classes, y, P, metrics, confusion_rows_true }) => {
    const k = classes.length;
    const own = {
      count: y.length,
      classes: k,
      logOdds: Float64Array.from(P.flat(), logit),
      probabilities: Float64Array.from(P.flat()),
      labels: Uint32Array.from(y),
      predicted: Uint32Array.from(P, (row) => row.indexOf(Math.max(...row))),
      patients: patientsOf(undefined, y.length),
    };
    const against = classes.map((_, one) => oneAgainstRest(own, one));
    const byClass = figuresByClass(against, classes, { operatingPoint: 0.9, bootstrap });
    const figures = classFigures(own, against, byClass, bootstrap);
    const names = {
      accuracy: 'accuracy',
      balancedAccuracy: 'balanced_accuracy',
      mcc: 'mcc',
      kappa: 'cohen_kappa',
      f1: 'f1_macro',
      auroc: 'auroc_ovr_macro',
      logLoss: 'log_loss',
      brier: 'brier_sum_over_classes',
      ece: 'ece_top_label_10_equal_width',
    };
    for (const [name, theirs] of Object.entries(names)) expectNear(figures[name]!.figure.value, metrics[theirs], name);
    classes.forEach((name, i) => {
      expectNear(byClass[name]!['auroc']!.value, metrics.auroc_per_class[i], `auroc of ${name}`);
      expectNear(byClass[name]!['auprc']!.value, metrics.average_precision_per_class[i], `auprc of ${name}`);
    });
    const counts = confusionCounts(own.labels, own.predicted, k);
    expect(classes.map((_, t) => [...counts.subarray(t * k, (t + 1) * k)])).toEqual(confusion_rows_true);
  });
});
