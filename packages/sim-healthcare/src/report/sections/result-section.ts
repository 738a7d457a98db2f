import type { Evaluation } from '@fedward/metrics-clinical';
import type { SimulationResult } from '../../run/result.js';
import { counted } from '../counted.js';
import { figureText, headlineFigures, intervalOf, methodText, namedIn, valueOf } from '../figure-names.js';
import { table, text } from '../html.js';
import { describeMetrics } from '../shown-metrics.js';
import { calibrationText } from './calibration-text.js';

/** The few figures that a model is known by, large, with intervals and what they are of. */
export function headline({ final, threshold }: SimulationResult): string {
  const { evaluation, metrics } = final;
  if (!evaluation) return `<p>On the pooled test part: ${text(describeMetrics(metrics))}.</p>`;
  const shown = headlineFigures(evaluation.task, evaluation.figures);
  const level = Math.round(100 * evaluation.level);
  const items = shown.map((named) => {
    const figure = evaluation.figures[named.key]!;
    const range = figure.interval
      ? `${level} % interval ${intervalOf(figure, named)}`
      : `no interval${figure.because ? `: ${figure.because}` : ''}`;
    return `<div><dt>${text(named.label)}</dt><dd><strong>${text(valueOf(figure, named))}</strong> ${text(range)}</dd></div>`;
  });
  const calibration = calibrationText(evaluation);
  return `<dl class="headline">${items.join('\n')}</dl>
<p>${text(testedText(evaluation))}${text(thresholdText(evaluation, threshold))}</p>
${calibration === undefined ? '' : `<p>${text(calibration)}</p>`}`;
}

/** All figures with their intervals, the classes of many each against the rest, and how records were called. */
export function figureTables(evaluation: Evaluation): string {
  const level = Math.round(100 * evaluation.level);
  const { figures, byClass = {}, confusion } = evaluation;
  const classNames = Object.keys(byClass);
  const ofClasses = namedIn(Object.assign({}, ...Object.values(byClass)) as Evaluation['figures']);
  return `${table({
    caption: `All figures on the pooled test part, ${testedText(evaluation)
      .replace(/^Tested on /, '')
      .replace(/\.$/, '')}`,
    head: ['Figure', 'Value', `${level} % interval`, 'By', 'What it is'],
    rows: namedIn(figures).map((named) => {
      const figure = figures[named.key];
      const { method, because, value = null } = figure ?? {};
      const missing = value === null ? 'not defined' : 'no interval';
      const about =
        because === undefined ? named.about : [named.about, `${missing}: ${because}`].filter(Boolean).join('; ');
      return [named.label, valueOf(figure, named), intervalOf(figure, named), methodText(method), about];
    }),
  })}
${
  classNames.length === 0
    ? ''
    : table({
        caption: 'Each class against the rest',
        head: ['Class', ...ofClasses.map((named) => named.label)],
        rows: classNames.map((name) => [
          name,
          ...ofClasses.map((named) => figureText(byClass[name]![named.key], named)),
        ]),
      })
}
${
  confusion
    ? table({
        caption: 'Records by true class (rows) and the class they were called (columns)',
        head: ['True class', ...confusion.classes.map((name) => `called ${name}`)],
        rows: confusion.classes.map((name, i) => [name, ...(confusion.counts[i] ?? []).map(String)]),
      })
    : ''
}`;
}

/** Such as `Tested on 184 patients, 92 of them with the event.` or `Tested on 12 patients (1698 records).` */
export function testedText({ task, records, patients, events, horizon }: Evaluation): string {
  const each = records === patients;
  const whom = each ? counted(patients, 'patient') : `${counted(patients, 'patient')} (${counted(records, 'record')})`;
  const until =
    task === 'survival' && horizon !== undefined
      ? `; risks are of an event up to time ${Number(horizon.toPrecision(4))}, the horizon, in the unit of the data`
      : '';
  if (events === undefined) return `Tested on ${whom}${until}.`;
  if (task === 'survival') return `Tested on ${whom}, ${counted(events, 'event')}${until}.`;
  return `Tested on ${whom}, ${each ? `${events} of them` : counted(events, 'record')} with the event.`;
}

function thresholdText({ task }: Evaluation, threshold: SimulationResult['threshold']): string {
  if (task !== 'binary' || !threshold) return '';
  const on = { default: 'the default', declared: 'declared beforehand', training: 'chosen on training parts' }[
    threshold.on
  ];
  return ` Called positive from a probability of ${Number(threshold.value.toPrecision(4))} on (${on}: ${threshold.rule}).`;
}
