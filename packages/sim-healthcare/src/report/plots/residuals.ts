import type { Curves, Figures } from '@fedward/metrics-clinical';
import { drawFigure, looks, type Drawing } from './draw.js';

/** How far off each prediction was, against what was predicted, with the limits of agreement where they are known. */
export function plotResiduals(drawing: Drawing, residuals: NonNullable<Curves['residuals']>, figures: Figures): string {
  const { plot } = drawing;
  const [look] = looks;
  // Limits are of prediction minus label, residuals of label minus prediction.
  const limits = ['agreementLower', 'agreementUpper']
    .flatMap((key) => figures[key]?.value ?? [])
    .map((limit) => -limit);
  return drawFigure(drawing, {
    id: 'plot-residuals',
    title: 'Residuals',
    description:
      'Label minus prediction against the prediction, a dot a record; on the line of 0 both are equal.' +
      (limits.length > 0 ? ' Dashed: limits of agreement.' : ''),
    marks: [
      plot.gridY({ strokeOpacity: 0.12 }),
      plot.ruleY([0], { stroke: 'currentColor' }),
      plot.ruleY(limits, { stroke: 'var(--s1)', strokeDasharray: '6 3' }),
      plot.dot(residuals, { x: 'predicted', y: 'residual', r: 2.5, stroke: look.stroke, strokeWidth: 1 }),
    ],
    options: { height: 280, x: { label: 'predicted', ticks: 5 }, y: { label: 'label minus prediction', ticks: 6 } },
    data: {
      caption: 'Data: residuals, at most 100 of them',
      head: ['Predicted', 'Label minus prediction'],
      rows: residuals
        .slice(0, 100)
        .map(({ predicted, residual }) => [predicted.toPrecision(4), residual.toPrecision(4)]),
    },
  });
}
