import type { SimulationResult } from '../../run/result.js';
import { differenceText, figureText, leadingFigure } from '../figure-names.js';
import { table } from '../html.js';
import type { Drawing } from '../plots/draw.js';
import { plotForest } from '../plots/forest.js';
import { warningsAt } from './warnings.js';

/** How the model does by sex, age band or whatever the schema names; '' where nobody named any. */
export function subgroupsSection(
  { final: { subgroups = [], evaluation }, warnings }: SimulationResult,
  drawing: Drawing,
): string {
  const named = evaluation && leadingFigure(evaluation.task, evaluation.figures);
  if (subgroups.length === 0 || !named) return '';
  const range = `${Math.round(100 * evaluation.level)} % interval`;
  const { key, label, share } = named;
  const counts = subgroups.some(({ evaluation: own }) => own.events !== undefined);
  const name = (group: string, level: string): string => `${group}: ${level}`;
  return `${warningsAt(warnings, 'subgroups')}
<p>A gap is the group's figure minus that of all records outside of it. Several groups are compared: of twenty 95 % intervals one misses by chance alone.</p>
${plotForest(drawing, {
  id: 'plot-subgroups',
  title: `${label} by group`,
  description: `The global model on each group of the pooled test part, with ${range}s.${share ? ' Dotted: all patients together.' : ''}`,
  series: ['global'],
  named,
  guide: share ? (evaluation.figures[key]?.value ?? undefined) : undefined,
  rows: subgroups.map(({ group, level, evaluation: own }) => ({
    name: name(group, level),
    estimates: [own.figures[key]],
  })),
})}
${table({
  caption: `Groups: ${label} and gap, with ${range}`,
  head: ['Group', 'Test patients', ...(counts ? ['Events'] : []), label, 'Gap'],
  rows: subgroups.map(({ group, level, evaluation: own, gaps }) => [
    name(group, level),
    String(own.patients),
    ...(counts ? [own.events === undefined ? '-' : String(own.events)] : []),
    figureText(own.figures[key], named),
    differenceText(gaps[key], named),
  ]),
})}`;
}
