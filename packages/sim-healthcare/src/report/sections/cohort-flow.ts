import type { SimulationResult } from '../../run/result.js';
import { counted } from '../counted.js';
import { table, text } from '../html.js';

/** Who was read, left out and used, and for what: steps, then a table by hospital. Numbers that are not known are left out. */
export function cohortFlow({ hospitals, population, final: { evaluation } }: SimulationResult): string {
  if (!population.tabulated)
    return `<p>${counted(population.hospitals, 'hospital')}, too many for a table of each.</p>`;
  const rows = hospitals.flatMap(({ rows: own }) => own ?? []);
  const complete = rows.length === hospitals.length && rows.length > 0;
  const trained = sum(hospitals.map(({ samples }) => samples));
  const steps: [string, string][] = [[counted(population.hospitals, 'hospital'), 'taking part']];
  if (complete) {
    const dropped = sum(rows.flatMap((own) => own.dropped.map((some) => some.rows)));
    steps.push(
      [counted(sum(rows.map(({ read }) => read)), 'row'), 'read'],
      [counted(dropped, 'row'), `left out${dropped > 0 ? ', for reasons that the table names' : ''}`],
      [counted(sum(rows.map(({ used }) => used)), 'row'), 'used'],
    );
  }
  if (evaluation) {
    const { records, patients, events } = evaluation;
    const tested = `in test parts, of ${counted(patients, 'patient')}${eventsText(events)}`;
    steps.push([`${trained} + ${counted(records, 'record')}`, `in training parts, and ${tested}`]);
  } else steps.push([counted(trained, 'record'), 'in training parts']);
  const flow = steps.map(([number, what]) => `<li><strong>${text(number)}</strong> ${text(what)}</li>`).join('\n');
  return `<ol class="flow">${flow}</ol>
${table({
  caption: 'Cohort by hospital',
  head: [
    'Hospital',
    ...(complete ? ['Rows read', 'Left out, and why', 'Used'] : []),
    'Training records',
    ...(evaluation ? ['Test records', 'Test patients', 'Events in test'] : []),
  ],
  rows: hospitals.map(({ id, rows: own, samples, evaluation: test }) => [
    id,
    ...(complete
      ? [
          String(own!.read),
          own!.dropped.map(({ reason, rows: n }) => `${n} with ${reason}`).join(', ') || '0',
          String(own!.used),
        ]
      : []),
    String(samples),
    ...(evaluation
      ? [test?.records, test?.patients, test?.events].map((n) => (n === undefined ? '-' : String(n)))
      : []),
  ]),
})}`;
}

function eventsText(events: number | undefined): string {
  return events === undefined ? '' : `, with ${counted(events, 'event')}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}
