import type { TextRow } from '@fedward/kit-tables';
import { aggregated } from './aggregate.js';
import type { FactColumn, RecordColumn } from './columns.js';
import { ageAt, daysBetween, startOfDay, type Moment } from './moment.js';
import type { Fact, PatientRecord, Patients } from './patients.js';
import type { Tally } from './tally.js';

/** Which moments of a patient make rows. */
export type Index =
  | { readonly kind: 'none' }
  | { readonly kind: 'fixed'; readonly moment: Moment }
  | { readonly kind: 'events'; readonly pick: 'first' | 'last' | 'each' };

const rowsAtOnce = 1000;

/** One row a patient, or one an index event, in the order of the patients' own records. */
export function* patientRows(patients: Patients, index: Index, tally: Tally): Generator<readonly TextRow[]> {
  let rows: TextRow[] = [];
  let line = 0;
  if (patients.unknown > 0)
    tally.add('patients', 'patients left out who have records, and no record of their own', patients.unknown);
  for (const patient of patients.known) {
    for (const moment of momentsOf(patient, index, tally)) {
      line++;
      rows.push({ line, fields: patients.columns.map((column, i) => cellOf(patient, column, i, moment, tally)) });
      if (rows.length < rowsAtOnce) continue;
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

function momentsOf({ indexes }: PatientRecord, index: Index, tally: Tally): readonly (Moment | undefined)[] {
  if (index.kind === 'none') return [undefined];
  if (index.kind === 'fixed') return [index.moment];
  if (indexes.length === 0) {
    tally.add('patients', 'patients left out who have no index event');
    return [];
  }
  const sorted = indexes.toSorted((a, b) => a.instant - b.instant || a.to - b.to);
  const picked = index.pick === 'first' ? [sorted[0]!] : index.pick === 'last' ? [sorted.at(-1)!] : oneADay(sorted);
  for (const { partial } of picked)
    if (partial) tally.add('index', 'dates that are a month or a year, taken as its first day');
  return picked;
}

/** Two records of one day are one event. */
function oneADay(sorted: readonly Moment[]): readonly Moment[] {
  return sorted.filter((moment, i) => i === 0 || startOfDay(moment.from) !== startOfDay(sorted[i - 1]!.from));
}

function cellOf(
  patient: PatientRecord,
  column: RecordColumn,
  i: number,
  index: Moment | undefined,
  tally: Tally,
): string {
  return column.kind === 'fact'
    ? factCell(patient.facts[i], column, index, tally)
    : aggregated(patient.events[i] ?? [], column, index, tally);
}

function factCell(fact: Fact | undefined, column: FactColumn, index: Moment | undefined, tally: Tally): string {
  const { as, name, unit, within } = column;
  if (as === undefined) return fact?.text ?? '';
  const subject = `column "${name}"`;
  if (as === 'within') {
    if (!fact || fact.text === 'false') return '0';
    if (!fact.moment) {
      tally.add(subject, 'it happened, and nobody says when: empty');
      return '';
    }
    const found = within(fact.moment, index!);
    if (found === 'vague') tally.add(subject, 'dates too vague for the window: empty');
    return found === 'vague' ? '' : found ? '1' : '0';
  }
  if (!fact?.moment) return '';
  if (fact.moment.partial)
    tally.add(
      subject,
      as === 'ageAtIndex'
        ? 'births that are a month or a year, taken as its middle'
        : 'dates that are a month or a year, taken as its first day',
    );
  if (as === 'daysFromIndex') return String(daysBetween(index!, fact.moment));
  const age = ageAt(fact.moment, index!, unit);
  if (age >= 0) return String(age);
  tally.add(subject, 'born after the index: empty');
  return '';
}
