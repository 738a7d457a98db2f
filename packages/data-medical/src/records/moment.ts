/** When something was: a point of a clock, or a day, month or year of which nothing closer is known. */
export interface Moment {
  /** Where it begins, in milliseconds since 1970 began, as the clock on the hospital's wall shows it. */
  readonly from: number;
  /** Where it ends; `from` for a point. */
  readonly to: number;
  /** The beginning in UTC, where a zone was given, otherwise `from`: what came first is told by this. */
  readonly instant: number;
  /** A month or a year. */
  readonly partial: boolean;
}

export const day = 86_400_000;

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?)?)?)?$/;

/**
 * Reads a `date` or `dateTime` of FHIR, which is ISO 8601 and may lack month and day, and what tables write alike (with a
 * space for the T).
 * @returns undefined for anything else, and for a day that no calendar has
 */
export function momentOf(text: string): Moment | undefined {
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [year, month, date, hour, minute, second] = found.slice(1, 7).map((part) => part && Number(part)) as [
    number,
    ...(number | undefined)[],
  ];
  const from = utc(year, (month ?? 1) - 1, date ?? 1);
  if (month === undefined) return { from, to: utc(year + 1, 0, 1), instant: from, partial: true };
  if (month < 1 || month > 12) return undefined;
  if (date === undefined) return { from, to: utc(year, month, 1), instant: from, partial: true };
  if (new Date(from).getUTCDate() !== date) return undefined;
  if (hour === undefined) return { from, to: from + day, instant: from, partial: false };
  const offset = offsetOf(found[8]);
  // FHIR admits a leap second.
  if (hour > 23 || minute! > 59 || (second ?? 0) > 60 || offset === undefined) return undefined;
  const point = from + 1000 * (3600 * hour + 60 * minute! + (second ?? 0) + Number(found[7] ?? 0));
  return { from: point, to: point, instant: point - 60_000 * offset, partial: false };
}

/** Also for years below 100, which `Date.UTC` takes for those of the last century. */
function utc(year: number, month: number, date: number): number {
  return new Date(0).setUTCFullYear(year, month, date);
}

/** Minutes before UTC. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes);
}

/** The middle, for a birth of which only the year is known. */
export function middle({ from, to }: Moment): number {
  return (from + to) / 2;
}

export function startOfDay(milliseconds: number): number {
  return Math.floor(milliseconds / day) * day;
}

/** Calendar days from one to another. */
export function daysBetween(earlier: Moment, later: Moment): number {
  return (startOfDay(later.from) - startOfDay(earlier.from)) / day;
}

/** What an age may be told in. */
export type AgeUnit = 'a' | 'mo' | 'wk' | 'd';

/** Whole years, months, weeks or days that are over since a birth, by the calendar. Below 0 before it. */
export function ageAt(birth: Moment, at: Moment, unit: AgeUnit): number {
  const [born, now] = [new Date(startOfDay(middle(birth))), new Date(startOfDay(at.from))];
  const days = (now.getTime() - born.getTime()) / day;
  if (unit === 'd') return days;
  if (unit === 'wk') return Math.floor(days / 7);
  const months =
    12 * (now.getUTCFullYear() - born.getUTCFullYear()) +
    (now.getUTCMonth() - born.getUTCMonth()) -
    (now.getUTCDate() < born.getUTCDate() ? 1 : 0);
  return unit === 'mo' ? months : Math.floor(months / 12);
}
