import type { NetBenefitPoint, ReliabilityBin, RocPoint } from '@fedward/metrics-clinical';
import { drawFigure, looks, type Drawing } from './draw.js';
import { legendOf, lineMarks } from './lines.js';

const unit = [0, 1];
const diagonal = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];
const guide = { x: 'x', y: 'y', stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 3' } as const;

/** Sensitivity against 1 - specificity, with the diagonal of a coin. */
export function plotRoc(drawing: Drawing, roc: readonly RocPoint[], caption: string): string {
  const { plot } = drawing;
  const points = roc.map(({ sensitivity, specificity }) => ({ x: 1 - specificity, y: sensitivity }));
  return drawFigure(drawing, {
    id: 'plot-roc',
    title: 'ROC curve',
    description: `${caption} The dotted line is chance.`,
    marks: [
      plot.gridX({ strokeOpacity: 0.12 }),
      plot.gridY({ strokeOpacity: 0.12 }),
      plot.line(diagonal, guide),
      ...lineMarks(plot, [{ label: '', points }]),
    ],
    options: {
      height: 340,
      x: { label: '1 - specificity', domain: unit, ticks: 5 },
      y: { label: 'sensitivity', domain: unit, ticks: 5 },
    },
    data: {
      caption: 'Data: ROC curve',
      head: ['Positive from', 'Sensitivity', 'Specificity'],
      rows: thinned(roc, 40).map(({ threshold, sensitivity, specificity }) => [
        threshold === null ? 'nobody' : three(threshold),
        three(sensitivity),
        three(specificity),
      ]),
    },
  });
}

/** Observed share against predicted probability, bin by bin with intervals; below, how many patients each bin has. */
export function plotReliability(drawing: Drawing, bins: readonly ReliabilityBin[], level: number): string {
  const { plot } = drawing;
  const filled = bins.filter(({ records }) => records > 0);
  const most = filled.reduce((largest, { records }) => Math.max(largest, records), 1);
  const [look] = looks;
  const points = filled.map(({ predicted, observed }) => ({ x: predicted, y: observed }));
  return drawFigure(drawing, {
    id: 'plot-calibration',
    title: 'Calibration',
    description:
      `Share in which it happened against the probability that was predicted, with ${percent(level)} intervals; on the ` +
      `dotted line both are equal. Bars at the foot: how many records, the tallest ${most}.`,
    marks: [
      plot.gridY({ strokeOpacity: 0.12 }),
      plot.ruleX(filled, {
        x: 'predicted',
        y1: 0,
        y2: (bin: ReliabilityBin) => (0.14 * bin.records) / most,
        strokeWidth: 9,
        stroke: 'currentColor',
        strokeOpacity: 0.25,
      }),
      plot.line(diagonal, guide),
      plot.ruleX(filled, {
        x: 'predicted',
        y1: (bin: ReliabilityBin) => bin.interval[0],
        y2: (bin: ReliabilityBin) => bin.interval[1],
        stroke: look.stroke,
        strokeWidth: 1.5,
      }),
      ...lineMarks(plot, [{ label: '', points }]),
    ],
    options: {
      height: 340,
      x: { label: 'predicted', domain: unit, ticks: 5 },
      y: { label: 'observed', domain: unit, ticks: 5 },
    },
    data: {
      caption: 'Data: calibration',
      head: ['Predicted', 'Observed', 'Interval', 'Records'],
      rows: filled.map(({ predicted, observed, interval, records }) => [
        three(predicted),
        three(observed),
        `${three(interval[0])} to ${three(interval[1])}`,
        String(records),
      ]),
    },
  });
}

/** Net benefit of the model, of treating all and of treating nobody, by the probability from which on one would act. */
export function plotNetBenefit(drawing: Drawing, points: readonly NetBenefitPoint[]): string {
  const { plot } = drawing;
  const shown = points.filter(({ threshold }) => threshold < 1);
  const top = shown.reduce((most, { model, all }) => Math.max(most, model, all), 0.01);
  const foot = -0.25 * top;
  const of = (key: 'model' | 'all') =>
    shown.map((point) => ({ x: point.threshold, y: point[key] < foot ? null : point[key] }));
  const series = [
    { label: 'act by the model', points: of('model') },
    { label: 'act on all', points: of('all') },
    { label: 'act on nobody', points: shown.map(({ threshold }) => ({ x: threshold, y: 0 })) },
  ];
  return drawFigure(drawing, {
    id: 'plot-decision',
    title: 'Decision curve',
    description:
      'The model is of use at a threshold where its line is above both others. What lies far below 0 is left out.',
    legend: legendOf(series),
    marks: [plot.gridY({ strokeOpacity: 0.12 }), ...lineMarks(plot, series)],
    options: {
      height: 280,
      x: { label: 'threshold probability', domain: unit, ticks: 5 },
      y: { label: 'net benefit', domain: [foot, top], ticks: 5 },
    },
    data: {
      caption: 'Data: decision curve',
      head: ['Threshold', 'By the model', 'On all', 'On nobody'],
      rows: thinned(points, 40).map(({ threshold, model, all }) => [
        three(threshold),
        three(model),
        three(all),
        '0.000',
      ]),
    },
  });
}

/** Every so-manieth, the first and the last among them. */
function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}

function three(value: number): string {
  return value.toFixed(3);
}

function percent(level: number): string {
  return `${Math.round(100 * level)} %`;
}
