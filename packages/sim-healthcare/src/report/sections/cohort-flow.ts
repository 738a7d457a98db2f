import type { SimulationResult } from '../../run/result.js';
import { counted } from '../counted.js';
import { table, text } from '../html.js';
import { droppedText } from '../rows-text.js';

/** A box of the flow, and how it follows from the ones before it: from them, less them, what is left, beside the last. */
type Step = readonly [number: string, what: string, follows: 'to' | 'less' | 'is' | 'and'];

/** Who was read, left out and used, and for what: steps, then a table by hospital. Numbers that are not known are left out. */
export function cohortFlow({ hospitals, population, final: { evaluation } }: SimulationResult): string {
  if (!population.tabulated)
    return `<p>${counted(population.hospitals, 'hospital')}, too many for a table of each.</p>`;
  const rows = hospitals.flatMap(({ rows: own }) => own ?? []);
  const complete = rows.length === hospitals.length && rows.length > 0;
  const steps: Step[] = [[counted(population.hospitals, 'hospital'), 'taking part', 'to']];
  if (complete) {
    const dropped = sum(rows.flatMap((own) => own.dropped.map((some) => some.rows)));
    steps.push(
      [counted(sum(rows.map(({ read }) => read)), 'row'), 'read', 'to'],
      [counted(dropped, 'row'), `left out${dropped > 0 ? ', for reasons that the table names' : ''}`, 'less'],
      [counted(sum(rows.map(({ used }) => used)), 'row'), 'used', 'is'],
    );
  }
  const trained = sum(hospitals.map(({ samples }) => samples));
  const tests = hospitals.flatMap(({ evaluation: own }) => own ?? []);
  const tested = sum(tests.map(({ records }) => records));
  steps.push([counted(trained, 'record'), 'to train on', 'to']);
  if (tests.length > 0) {
    const patients = sum(tests.map((own) => own.patients));
    const events = tests.every((own) => own.events !== undefined) ? sum(tests.map((own) => own.events!)) : undefined;
    steps.push([counted(tested, 'record'), `to test on: ${counted(patients, 'patient')}${eventsText(events)}`, 'and']);
  }
  const flow = steps.map(
    ([number, what, follows]) => `<li class="${follows}"><strong>${text(number)}</strong> ${text(what)}</li>`,
  );
  const counts = hospitals.some(({ evaluation: test }) => test?.events !== undefined);
  return `<ol class="flow">${flow.join('\n')}</ol>
${evaluation ? pooledText(evaluation, tested) : ''}
${table({
  caption: 'Cohort by hospital',
  head: [
    'Hospital',
    ...(complete ? ['Rows read', 'Left out, and why', 'Used'] : []),
    'Training records',
    ...(evaluation ? ['Test records', 'Test patients', ...(counts ? ['Events in test'] : [])] : []),
  ],
  rows: hospitals.map(({ id, rows: own, samples, evaluation: test }) => [
    id,
    ...(complete ? [String(own!.read), own!.dropped.map(droppedText).join(', ') || '0', String(own!.used)] : []),
    String(samples),
    ...(evaluation
      ? [test?.records, test?.patients, ...(counts ? [test?.events] : [])].map((n) =>
          n === undefined ? '-' : String(n),
        )
      : []),
  ]),
})}`;
}

/** Of what the pooled test part is made, where that is not all test parts of the hospitals together. */
function pooledText(
  { records, patients, events }: NonNullable<SimulationResult['final']['evaluation']>,
  tested: number,
): string {
  if (records === tested) return '';
  return `<p>The pooled test part is not those of the hospitals together: it has ${counted(records, 'record')} of ${counted(patients, 'patient')}${eventsText(events)}.</p>`;
}

function eventsText(events: number | undefined): string {
  return events === undefined ? '' : `, with ${counted(events, 'event')}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}
