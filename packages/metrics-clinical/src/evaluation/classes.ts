import { figureOf, undefinedFigure } from '../influence/figure.js';
import type { Patients } from '../influence/influence.js';
import type { NoteInfluences } from '../influence/note.js';
import { areaUnderRoc } from '../discrimination/delong.js';
import { predictedClasses, softmax } from '../outputs.js';
import { binaryFigures } from './binary.js';
import type { ConfusionMatrix, EvaluationOptions, Figure, Figures } from './evaluation.js';
import { shareFigure } from './share.js';

/** Records of more than two classes. */
export interface ClassScores {
  /** [count, classes] logits */
  readonly outputs: Float32Array;
  readonly labels: Float32Array;
  readonly patients: Patients;
  readonly classes: readonly string[];
}

/** Of one class against the rest: what needs no threshold of its own, and what is called by the model. */
const shownByClass = [
  'prevalence',
  'auroc',
  'auprc',
  'sensitivity',
  'specificity',
  'ppv',
  'npv',
  'f1',
  'calibrationSlope',
];

/**
 * Figures of many classes: a record is called the class of its largest logit. `auroc` is the mean of those of each class
 * against the rest, over the classes that occur; `balancedAccuracy` the mean of their sensitivities; `brier` the sum over
 * classes of squared differences, a record.
 */
export function classFigures(
  { outputs, labels, patients, classes }: ClassScores,
  options: EvaluationOptions,
  note?: NoteInfluences,
): { figures: Figures; confusion: ConfusionMatrix; byClass: Readonly<Record<string, Figures>> } {
  const n = labels.length;
  const width = classes.length;
  const predicted = predictedClasses(outputs, width);
  const probabilities = new Float64Array(outputs.length);
  for (let i = 0; i < n; i++) probabilities.set(softmax(outputs.subarray(i * width, (i + 1) * width)), i * width);
  const counts = classes.map(() => new Array<number>(width).fill(0));
  for (let i = 0; i < n; i++) counts[labels[i]!]![predicted[i]!]!++;
  const told = (name: string, value: number, influences: Float64Array, scale: 'plain' | 'log' | 'logit'): Figure => {
    note?.(name, influences);
    return figureOf(value, influences, patients, scale);
  };
  const mean = (name: string, of: (record: number) => number): Figure => {
    const own = Float64Array.from({ length: n }, (_, i) => of(i));
    const value = own.reduce((sum, x) => sum + x, 0) / n;
    return told(name, value, own.map((x) => (x - value) / n), 'log'); // prettier-ignore
  };
  const right = Float64Array.from(labels, (y, i) => Number(predicted[i] === y));
  const hits = right.reduce((sum, x) => sum + x, 0);
  const ofAccuracy = right.map((x) => (x - hits / n) / n);
  note?.('accuracy', ofAccuracy);
  const sizes = counts.map((row) => row.reduce((sum, x) => sum + x, 0));
  const present = classes.flatMap((_, c) => (sizes[c]! > 0 ? [c] : []));
  const recalls = present.map((c) => counts[c]![c]! / sizes[c]!);
  const balanced = recalls.reduce((sum, x) => sum + x, 0) / present.length;
  const figures: Figures = {
    auroc: macroAuroc(present, probabilities, labels, width, told),
    accuracy: shareFigure(hits, n, ofAccuracy, patients),
    balancedAccuracy: told(
      'balancedAccuracy',
      balanced,
      Float64Array.from(labels, (y, i) => (right[i]! - counts[y]![y]! / sizes[y]!) / (sizes[y]! * present.length)),
      'logit',
    ),
    kappa: kappaFigure(counts, sizes, n, labels, predicted, told),
    logLoss: mean('logLoss', (i) => -Math.log(Math.max(probabilities[i * width + labels[i]!]!, Number.MIN_VALUE))),
    brier: mean('brier', (i) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += (probabilities[i * width + c]! - Number(labels[i] === c)) ** 2;
      return sum;
    }),
  };
  const byClass = Object.fromEntries(
    classes.map((name, c) => [name, againstRest({ probabilities, labels, predicted, patients }, c, width, options)]),
  );
  return { figures, confusion: { classes, counts }, byClass };
}

type Told = (name: string, value: number, influences: Float64Array, scale: 'plain' | 'log' | 'logit') => Figure;

function macroAuroc(
  present: readonly number[],
  probabilities: Float64Array,
  labels: Float32Array,
  width: number,
  told: Told,
): Figure {
  if (present.length < 2) return undefinedFigure('one class alone occurs');
  const areas = present.map((c) => {
    const scores = Float64Array.from(labels, (_, i) => probabilities[i * width + c]!);
    return areaUnderRoc(scores, labels.map((y) => Number(y === c)))!; // prettier-ignore
  });
  const value = areas.reduce((sum, area) => sum + area.value, 0) / areas.length;
  const influences = Float64Array.from(
    labels,
    (_, i) => areas.reduce((sum, area) => sum + area.influences[i]!, 0) / areas.length,
  );
  return told('auroc', value, influences, 'logit');
}

/** Cohen's kappa with the influences of its numerator and of chance (Fleiss et al. 1969, Psychol. Bull. 72:323). */
function kappaFigure(
  counts: readonly (readonly number[])[],
  sizes: readonly number[],
  n: number,
  labels: Float32Array,
  predicted: Uint32Array,
  told: Told,
): Figure {
  const columns = sizes.map((_, c) => counts.reduce((sum, row) => sum + row[c]!, 0));
  const observed = sizes.reduce((sum, _, c) => sum + counts[c]![c]!, 0) / n;
  const chance = sizes.reduce((sum, size, c) => sum + size * columns[c]!, 0) / n ** 2;
  if (!(chance < 1)) return undefinedFigure('chance alone agrees throughout');
  const value = (observed - chance) / (1 - chance);
  const influences = Float64Array.from(labels, (y, i) => {
    const p = predicted[i]!;
    const ofObserved = (Number(p === y) - observed) / n;
    const ofChance = (columns[y]! / n + sizes[p]! / n - 2 * chance) / n;
    return (ofObserved - ofChance * (1 - value)) / (1 - chance);
  });
  return told('kappa', value, influences, 'plain');
}

interface Predicted {
  readonly probabilities: Float64Array;
  readonly labels: Float32Array;
  readonly predicted: Uint32Array;
  readonly patients: Patients;
}

/** As a model of two classes, of which the second is this one. Called it is what the model calls it. */
function againstRest(
  { probabilities, labels, predicted, patients }: Predicted,
  one: number,
  width: number,
  options: EvaluationOptions,
): Figures {
  const logits = Float64Array.from(labels, (_, i) => {
    const p = probabilities[i * width + one]!;
    return Math.max(-700, Math.min(700, Math.log(p) - Math.log1p(-p)));
  });
  const own = Float32Array.from(labels, (y) => Number(y === one));
  const called = Uint8Array.from(predicted, (c) => Number(c === one));
  const { figures } = binaryFigures({ logits, labels: own, patients }, { ...options, threshold: undefined, prevalence: undefined, curves: false }, undefined, called); // prettier-ignore
  return Object.fromEntries(shownByClass.map((name) => [name, figures[name]!]));
}
