import * as z from 'zod';
import { day, startOfDay, type Moment } from './moment.js';

/** A length of time; months are of the calendar, and have no fixed length. */
interface Duration {
  readonly sign: 1 | -1;
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
  /** It was given in hours or minutes. */
  readonly byClock: boolean;
}

const pattern =
  /^(-?)P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?$/;

function durationOf(text: string): Duration | undefined {
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [years, months, weeks, days, hours, minutes] = found.slice(2).map((part) => Number(part ?? 0)) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  return {
    sign: found[1] === '-' ? -1 : 1,
    months: 12 * years + months,
    days: 7 * weeks + days,
    milliseconds: 60_000 * (60 * hours + minutes),
    byClock: text.includes('T'),
  };
}

const durationSchema = z.string().refine((text) => durationOf(text) !== undefined, {
  error: 'a duration of ISO 8601, such as P1Y, P90D, PT24H or -P1D',
});

/**
 * Which records count, by when they were: `ever`, or from `before` ahead of the index to `after` behind it. Without `before`
 * all that came earlier; without `after` nothing that came later. A minus turns a duration round: `{ "before": "-P1D",
 * "after": "P1Y" }` is the year that begins on the day after. Days and more count whole days of the calendar, that of
 * the index among them; hours (`PT24H`) count from the index on the clock.
 */
export const windowSchema = z.union(
  [z.literal('ever'), z.strictObject({ before: durationSchema.optional(), after: durationSchema.optional() })],
  { error: '"ever", or { "before"?: "P1Y", "after"?: "P0D" }' },
);

export type WindowInput = z.output<typeof windowSchema>;

/** Whether a moment lies in a window; `vague` where only part of it does, so that nobody can tell. */
export type Window = (moment: Moment, index: Moment) => boolean | 'vague';

/** @param window as `windowSchema` has checked it */
export function windowOf(window: WindowInput): Window {
  if (window === 'ever') return () => true;
  const before = window.before === undefined ? undefined : durationOf(window.before)!;
  const after = durationOf(window.after ?? 'P0D')!;
  return (moment, index) => {
    const start = before ? shifted(index.from, before, -1) : -Infinity;
    // A window in days ends with the last of them, one by the clock at its moment, which it includes.
    const end = shifted(index.from, after, 1) + (after.byClock ? 0 : day);
    const endsBy = moment.from === moment.to && !after.byClock ? moment.to < end : moment.to <= end;
    if (moment.from >= start && endsBy) return true;
    return moment.from < end && moment.to > start ? 'vague' : false;
  };
}

/** A number of milliseconds moved by a duration; where that is in days, to the beginning of a day. */
function shifted(from: number, { sign, months, days, milliseconds, byClock }: Duration, direction: 1 | -1): number {
  const by = sign * direction;
  const start = byClock ? from : startOfDay(from);
  return addMonths(start, by * months) + by * (days * day + milliseconds);
}

/** The same day of another month, or its last, as a year before 29 February is 28 February. */
function addMonths(from: number, months: number): number {
  if (months === 0) return from;
  const date = new Date(from);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(date.getTime());
  last.setUTCMonth(last.getUTCMonth() + 1);
  last.setUTCDate(0);
  date.setUTCDate(Math.min(wanted, last.getUTCDate()));
  return date.getTime();
}
