import type { Evaluation } from '@fedward/metrics-clinical';
import type { SimulationResult } from '../../run/result.js';
import { deployText } from '../deploy-text.js';
import { differenceText, figureText, leadingFigure, type NamedFigure } from '../figure-names.js';
import { hospitalTable } from '../hospital-table.js';
import { paragraphs, table, text } from '../html.js';
import { labelNoiseText } from '../label-noise-text.js';
import type { Drawing } from '../plots/draw.js';
import { plotForest } from '../plots/forest.js';
import { describeMetrics } from '../shown-metrics.js';
import { warningsAt } from './warnings.js';

/** What each hospital reaches alone and with the others, with how many patients that rests on. */
export function hospitalsSection(result: SimulationResult, drawing: Drawing): string {
  const { hospitals, population, final, privacy, warnings } = result;
  if (!population.tabulated) return `<p>${population.hospitals} hospitals, too many for a table of each.</p>`;
  const named = final.evaluation && leadingFigure(final.evaluation.task, final.evaluation.figures);
  const judged = named !== undefined && hospitals.some(({ evaluation }) => evaluation);
  return `${warningsAt(warnings, 'hospitals')}
${judged ? judgedHospitals(result, named, drawing) : table({ caption: 'Hospitals alone and together', ...hospitalTable(hospitals, final.metrics) })}
${paragraphs(hospitals.flatMap(({ localFailure }) => (localFailure === undefined ? [] : [`No local figure: ${localFailure}`])))}
<p>Local: trained alone${privacy ? ', clipped as in the federation and without noise, since nothing then leaves the hospital' : ''}. Global: the federation's model.${hospitals.some(({ personal }) => personal) ? ' Personal: what the hospital makes of it for itself.' : ''}
All on the hospital's own test part; the pooled test part gives ${text(describeMetrics(final.metrics))}.</p>
${paragraphs(deployText(hospitals))}
${paragraphs(labelNoiseText(hospitals))}`;
}

function judgedHospitals({ hospitals, final }: SimulationResult, named: NamedFigure, drawing: Drawing): string {
  const { key, label, share } = named;
  const { level } = final.evaluation as Evaluation;
  const counts = hospitals.some(({ evaluation }) => evaluation?.events !== undefined);
  const personal = hospitals.some(({ personal }) => personal);
  const range = `${Math.round(100 * level)} % interval`;
  const second = key === 'accuracy' ? undefined : secondFigure(final.evaluation as Evaluation);
  return `${plotForest(drawing, {
    id: 'plot-hospitals',
    title: `${label} by hospital`,
    description: `The global model${personal ? ', the one trained alone and the personal one' : ' and the one trained alone'}, with ${range}s, each on the hospital’s own test part.${share && key !== 'accuracy' ? ' Dotted: 0.5.' : ''}`,
    series: ['global', 'local', ...(personal ? ['personal'] : [])],
    named,
    guide: share && key !== 'accuracy' ? 0.5 : undefined,
    rows: hospitals.map(({ id, evaluation, localEvaluation, personal: own }) => ({
      name: id,
      estimates: [
        evaluation?.figures[key],
        localEvaluation?.figures[key],
        ...(personal ? [own?.evaluation.figures[key]] : []),
      ],
    })),
  })}
${table({
  caption: `Hospitals alone and together: ${label} with ${range}`,
  head: [
    'Hospital',
    'Training records',
    'Test patients',
    ...(counts ? ['Events'] : []),
    `Local ${inner(label)}`,
    `Global ${inner(label)}`,
    'Global minus local',
    ...(second ? [`Global ${inner(second.label)}`] : []),
  ],
  rows: hospitals.map(({ id, samples, evaluation, localEvaluation, gain }) => [
    id,
    String(samples),
    evaluation ? String(evaluation.patients) : '-',
    ...(counts ? [evaluation?.events === undefined ? '-' : String(evaluation.events)] : []),
    figureText(localEvaluation?.figures[key], named),
    figureText(evaluation?.figures[key], named),
    differenceText(gain?.[key], named),
    ...(second ? [figureText(evaluation?.figures[second.key], second)] : []),
  ]),
})}
${personal ? personalTable(hospitals, named, range) : ''}
${worst(hospitals, named)}`;
}

/** Beside the other table: together they would be wider than a page. */
function personalTable(hospitals: SimulationResult['hospitals'], named: NamedFigure, range: string): string {
  const { key, label } = named;
  return table({
    caption: `The personal model of each hospital: ${label} with ${range}`,
    head: ['Hospital', `Personal ${inner(label)}`, 'Personal minus global', 'Deploy'],
    rows: hospitals.map(({ id, personal: own, deploy }) => [
      id,
      figureText(own?.evaluation.figures[key], named),
      differenceText(own?.gain[key], named),
      deploy?.model ?? '-',
    ]),
  });
}

function secondFigure(evaluation: Evaluation): NamedFigure | undefined {
  const { accuracy } = evaluation.figures;
  return accuracy && leadingFigure('classes', { accuracy });
}

/** The hospital that the model serves least. */
function worst(hospitals: SimulationResult['hospitals'], named: NamedFigure): string {
  const known = hospitals.flatMap(({ id, evaluation }) => {
    const value = evaluation?.figures[named.key]?.value;
    return value === undefined || value === null ? [] : [{ id, value, evaluation: evaluation! }];
  });
  if (known.length < 2) return '';
  // Of an error the largest is the worst, of all else by which models are compared the smallest.
  const sign = named.share ? 1 : -1;
  const least = known.reduce((a, b) => (sign * b.value < sign * a.value ? b : a));
  const { patients, figures } = least.evaluation;
  return `<p>Worst hospital: ${text(least.id)}, ${text(named.label)} ${text(figureText(figures[named.key], named))} on ${patients} test patients.</p>`;
}

/** A label after another word: `Accuracy` is `accuracy`, and AUROC what it is. */
function inner(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;
}
