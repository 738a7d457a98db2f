import type { Evaluation, Figure, Figures, PredictionTask } from '@fedward/metrics-clinical';
import type { HospitalResult, SimulationResult } from '../../run/result.js';

/** Made-up results, as runs leave them; no figure in them was computed. */
const sizes = [310, 184, 96, 61, 16];
const names = [
  'Karolinska <north>',
  'hospital-1',
  'a-hospital-with-a-name-that-is-much-longer-than-others',
  'hospital-3',
  'small',
];

/** A figure with an interval that shrinks as records grow. */
function estimate(value: number, records: number, within: readonly [number, number] = [0, 1]): Figure {
  const half = 0.9 / Math.sqrt(records);
  const interval = [Math.max(within[0], value - half), Math.min(within[1], value + half)] as const;
  return { value, interval, method: 'wilson' };
}

const free = [-Infinity, Infinity] as const;
const unknown: Figure = { value: null, interval: null, because: 'all of these records are of one class' };

function figuresOf(task: PredictionTask, n: number): Figures {
  const shares = (keys: readonly string[], from: number): Figures =>
    Object.fromEntries(keys.map((key, i) => [key, estimate(from - 0.02 * i, n)]));
  const calibration = {
    calibrationSlope: estimate(0.71, 16 * n, free),
    observedExpected: estimate(1.08, n, [0, Infinity]),
  };
  if (task === 'value')
    return {
      rmse: estimate(10.71, n, free),
      mae: estimate(8.53, n, free),
      rSquared: estimate(0.12, n, free),
      bias: estimate(0.4, n, free),
      agreementLower: estimate(-20.4, n, free),
      agreementUpper: estimate(21.2, n, free),
    };
  if (task === 'survival')
    return {
      ...shares(['cIndex', 'unoC', 'aurocAtHorizon'], 0.74),
      integratedBrier: unknown,
      calibrationAtHorizon: estimate(0.94, n, free),
    };
  if (task === 'classes') return shares(['accuracy', 'balancedAccuracy', 'kappa'], 0.78);
  return {
    ...shares(
      ['auroc', 'accuracy', 'balancedAccuracy', 'sensitivity', 'specificity', 'ppv', 'npv', 'auprc', 'f1'],
      0.9,
    ),
    ...{ brier: estimate(0.13, n), ...calibration },
  };
}

const classes = ['normal', 'bacterial', 'viral'];

function evaluationOf(task: PredictionTask, records: number, curves: boolean): Evaluation {
  const steps = Array.from({ length: 101 }, (_, i) => i / 100);
  return {
    ...{ schemaVersion: 1, task, records, patients: records - 2, level: 0.95, figures: figuresOf(task, records) },
    ...((task === 'binary' || task === 'survival') && { events: Math.round(records / 3) }),
    ...(task === 'binary' && {
      threshold: 0.42,
      confusion: {
        classes: ['no', 'yes'],
        counts: [
          [80, 12],
          [9, 83],
        ],
      },
    }),
    ...(task === 'classes' && {
      confusion: {
        classes,
        counts: [
          [40, 3, 2],
          [4, 50, 9],
          [3, 12, 33],
        ],
      },
      byClass: Object.fromEntries(
        classes.map((name) => [name, { auroc: estimate(0.9, records), sensitivity: unknown }]),
      ),
    }),
    ...(curves && {
      curves: {
        ...(task === 'binary' && {
          roc: steps.map((x) => ({ threshold: x === 0 ? null : 1 - x, sensitivity: x ** 0.3, specificity: 1 - x })),
          netBenefit: steps.map((threshold) => ({
            threshold,
            model: 0.33 * (1 - threshold),
            all: threshold === 1 ? -Infinity : 0.33 - (0.67 * threshold) / (1 - threshold),
          })),
        }),
        ...((task === 'binary' || task === 'survival') && {
          reliability: steps.slice(0, 10).map((x, i) => ({
            ...{ records: i === 4 ? 0 : 20 - i, predicted: 10 * x + 0.05, observed: Math.min(1, 8 * x + 0.1) },
            interval: [Math.max(0, 8 * x - 0.05), Math.min(1, 8 * x + 0.25)] as const,
          })),
        }),
        ...(task === 'value' && {
          residuals: steps.map((x) => ({ predicted: 20 + 30 * x, residual: 20 * Math.sin(40 * x) })),
        }),
      },
    }),
  };
}

const metrics: Readonly<Record<PredictionTask, SimulationResult['final']['metrics']>> = {
  binary: { loss: 0.4, accuracy: 0.82, auroc: 0.9 },
  classes: { loss: 0.6, accuracy: 0.78 },
  value: { loss: 57, rootMeanSquaredError: 10.7, meanAbsoluteError: 8.5, rSquared: 0.12 },
  survival: { loss: 3.1, cIndex: 0.74 },
};

function hospitalOf(task: PredictionTask, id: string, samples: number): HospitalResult {
  const test = Math.round(samples / 4) + 12;
  return {
    ...{ id, samples, localMetrics: metrics[task], globalMetrics: metrics[task] },
    rows: { read: samples + test + 9, used: samples + test, dropped: [{ reason: 'no value in chol', rows: 9 }] },
    evaluation: evaluationOf(task, test, false),
    localEvaluation: evaluationOf(task, test, false),
    gain: Object.fromEntries(Object.keys(figuresOf(task, test)).map((key) => [key, estimate(0.03, 2 * test, free)])),
  };
}

function validationOf(task: PredictionTask): NonNullable<SimulationResult['validation']> {
  return {
    ...{ schemaVersion: 1, kind: 'leave-one-hospital-out', words: ['Each hospital was left out once.'] },
    folds: names.map((name, i) => ({
      ...{ name, hospital: name, model: 'ab'.repeat(32), trainedOn: { hospitals: 4, records: 500, patients: 480 } },
      evaluation: i === 4 ? null : evaluationOf(task, sizes[i]!, false),
      ...(i === 4 && { failure: 'its training did not converge' }),
    })),
    pooled: evaluationOf(task, 651, true),
    spread: Object.fromEntries(
      Object.keys(figuresOf(task, 9)).map((key) => [
        key,
        { folds: 4, mean: 0.7, standardDeviation: 0.05, smallest: 0.64, largest: 0.77 },
      ]),
    ),
  };
}

/** All that a run can say of a model. */
export function fullResult(task: PredictionTask): SimulationResult {
  const hospitals = names.map((id, i) => hospitalOf(task, id, sizes[i]!));
  const group = (name: string, level: string, n: number) => ({
    ...{ group: name, level, evaluation: evaluationOf(task, n, false) },
    gaps: figuresOf(task, n),
  });
  return {
    ...{
      schemaVersion: 1,
      runId: 'made-up-1',
      nonce: '0f'.repeat(32),
      scenario: 'made up',
      planHash: `sha256:${'ab'.repeat(32)}`,
    },
    ...{ seed: 1, simulationOnly: true, aggregator: 'fedavg', trainer: 'wasm (cpu)', folder: '/runs/made-up-1' },
    model: { name: 'logistic', parameters: 14, sha256: 'cd'.repeat(32) },
    rounds: Array.from({ length: 30 }, (_, round) => ({
      ...{ round, trainLoss: 1 / (round + 2), epsilon: Math.sqrt(round + 1), participants: names },
      metrics: Object.fromEntries(
        Object.entries(metrics[task]).map(([key, value]) => [key, value * (1 - 1 / (round + 2))]),
      ),
      ...{ dropped: [], leftOut: [], waiting: [], stale: [], bytes: { sent: 0, received: 0 } },
    })),
    final: {
      metrics: metrics[task],
      evaluation: evaluationOf(task, 226, true),
      subgroups: [
        group('sex', 'female', 90),
        group('sex', 'male', 130),
        group('age', 'below 50', 70),
        group('age', '50 and above', 150),
      ],
    },
    validation: validationOf(task),
    choice: {
      ...{ schemaVersion: 1, score: 'loss', better: 'lower', words: ['On training parts alone.'] },
      table: [0.01, 0.1].map((rate) => ({ settings: { 'training.optimizer.learningRate': rate }, score: 0.5 - rate })),
      chosen: { 'training.optimizer.learningRate': 0.1 },
    },
    about: {
      question: 'Which patients with chest pain have coronary disease?',
      intendedUse: 'Cardiologists, to decide on imaging.',
      outOfScope: 'Patients below 18.',
    },
    threshold: { value: 0.42, on: 'training', rule: 'the largest Youden index' },
    population: { hospitals: names.length, tabulated: true },
    hospitals,
    warnings: [
      { code: 'SMALL_TEST', message: 'The test part of small has 16 patients.', hospital: 'small' },
      { code: 'NOT_ABOVE_MAJORITY', message: 'Accuracy is not clearly better than no model.' },
      ...names.map((hospital) => ({
        code: 'ROWS_DROPPED' as const,
        message: `Many rows of ${hospital} were left out.`,
        hospital,
      })),
    ],
    notices: ['notes.txt was not read.'],
    privacy: {
      ...{
        mechanism: 'dp-sgd',
        mechanisms: ['dp-sgd'],
        unit: 'record',
        adjacency: 'add-or-remove-one',
        accountant: 'rdp',
      },
      ...{ delta: 1e-5, epsilon: 5.4773, perHospital: [], protects: 'what leaves a site' },
      settings: {
        mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 1.1 } }],
        batches: { kind: 'poisson', probability: 0.1, steps: 3, expectedSize: 8 },
        rounds: 30,
      },
      assumptions: ['patients of two hospitals are not the same'],
      ...{ withheld: ['training loss'], released: ['the schema'], notReleased: ['metrics of test parts'], claims: [] },
    },
    secureAggregation: {
      ...{ threshold: 4, unmasked: 30, recovered: [{ round: 3, hospitals: ['small'] }] },
      stages: [{ stage: 'keys', to: 30_000, from: 20_000 }],
    },
    audit: { events: 320, hospitals: 5, trainingEvents: 150, root: 'ef'.repeat(32), verified: true },
    timing: { totalSeconds: 2.1, trainSeconds: 1, trainElapsedSeconds: 1, clientSteps: 450, workers: 1 },
  };
}

/** The same as a version that had no evaluations left it. */
export function oldResult(task: PredictionTask): SimulationResult {
  const {
    about: _about,
    validation: _validation,
    choice: _choice,
    threshold: _threshold,
    notices: _notices,
    secureAggregation: _masks,
    ...rest
  } = fullResult(task);
  return {
    ...rest,
    privacy: null,
    final: { metrics: rest.final.metrics },
    hospitals: rest.hospitals.map(({ id, samples, localMetrics, globalMetrics }) => ({
      id,
      samples,
      localMetrics,
      globalMetrics,
    })),
  };
}
