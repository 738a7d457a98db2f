import { InvalidArgumentError, type Command } from 'commander';
import type { AuditFilters } from '@fedward/audit';
import { repeated } from '../options/options.js';

/** Filters as commander has parsed them. */
export interface FilterFlags {
  readonly hospital?: string;
  readonly round?: { readonly from: number; readonly to: number };
  readonly event?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly run?: string;
}

/** The options by which entries of a log are chosen. All that are given must hold. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--hospital <id>', 'entries that are about this hospital alone')
    .option('--round <N|A-B>', 'a round, or rounds from A to B; what belongs to none is left out', roundRange)
    .option('--event <type>', 'a type of event, such as training or refusal; may be given more than once', repeated)
    .option('--since <time>', 'a day or a moment (ISO 8601, UTC where it names no zone)', moment('first'))
    .option('--until <time>', 'the same; of a day all of it', moment('last'))
    .option('--run <id>', 'a run, where the log holds several');
}

export function filtersOf({ hospital, round, event, since, until, run }: FilterFlags): AuditFilters {
  return {
    ...(hospital !== undefined && { hospital }),
    ...(round !== undefined && { rounds: round }),
    ...(event !== undefined && { types: event }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(run !== undefined && { run }),
  };
}

function roundRange(text: string): { from: number; to: number } {
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to)
    throw new InvalidArgumentError('must be a round, or two with a dash between them, such as 3-7.');
  return { from, to };
}

/** @returns an instant; of a day, or a second, its first or its last millisecond */
function moment(end: 'first' | 'last'): (text: string) => string {
  return (text) => {
    const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
    const [, day, minute, second, fraction, zone] = parts ?? [];
    const [lastTime, lastSecond, lastFraction] = end === 'last' ? ['23:59', ':59', '.999'] : ['00:00', ':00', '.000'];
    const written =
      minute === undefined
        ? `${day}T${lastTime}${lastSecond}${lastFraction}Z`
        : `${day}T${minute}${second ?? lastSecond}${fraction ?? lastFraction}${zone ?? 'Z'}`;
    const time = new Date(written);
    if (!parts || Number.isNaN(time.getTime()) || thereIsNo(day!))
      throw new InvalidArgumentError('must be a day such as 2026-03-31, or a moment such as 2026-03-31T12:00:00Z.');
    return time.toISOString();
  };
}

/** The 31st of June, which would be read as the 1st of July. */
function thereIsNo(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day;
}
