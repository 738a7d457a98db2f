import type { SimulationResult } from '../../run/result.js';
import type { Drawing } from '../plots/draw.js';
import { plotNetBenefit, plotReliability, plotRoc } from '../plots/curves.js';
import { plotResiduals } from '../plots/residuals.js';
import { valueOf, leadingFigure } from '../figure-names.js';
import { figureTables } from './result-section.js';
import { warningsAt } from './warnings.js';

/** All figures and curves of the pooled test part; '' where a result has none. */
export function curvesSection({ final: { evaluation }, warnings }: SimulationResult, drawing: Drawing): string {
  if (!evaluation) return '';
  const { curves = {}, figures, task } = evaluation;
  const area = task === 'binary' ? leadingFigure(task, figures) : undefined;
  const plots = [
    curves.roc?.length
      ? plotRoc(
          drawing,
          curves.roc,
          area?.key === 'auroc' ? `The area under it is ${valueOf(figures['auroc'], area)}.` : '',
        )
      : '',
    curves.netBenefit?.length ? plotNetBenefit(drawing, curves.netBenefit) : '',
    curves.residuals?.length ? plotResiduals(drawing, curves.residuals, figures) : '',
  ].filter((plot) => plot !== '');
  return `${warningsAt(warnings, 'result')}
${figureTables(evaluation)}
${plots.length > 0 ? `<div class="plots">${plots.join('\n')}</div>` : ''}`;
}

/** The calibration curve of the first page; '' where there is none. */
export function calibrationPlot({ final: { evaluation } }: SimulationResult, drawing: Drawing): string {
  const bins = evaluation?.curves?.reliability;
  return evaluation && bins?.some(({ records }) => records > 0) ? plotReliability(drawing, bins, evaluation.level) : '';
}
