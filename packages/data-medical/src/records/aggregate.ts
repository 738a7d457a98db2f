import type { EventColumn } from './columns.js';
import { daysBetween, type Moment } from './moment.js';
import type { Event } from './patients.js';
import type { Tally } from './tally.js';

/**
 * One cell of a patient's events.
 *
 * @param index undefined where the mapping has none: then all events count
 * @returns a number as `String` writes it; '' where nothing is there
 */
export function aggregated(
  events: readonly Event[],
  column: EventColumn,
  index: Moment | undefined,
  tally: Tally,
): string {
  const subject = `column "${column.name}"`;
  const inside = events.filter(({ moment }) => {
    if (!moment) return column.ever;
    const found = index ? column.within(moment, index) : true;
    if (found === 'vague') tally.add(subject, 'records left out whose date is too vague for the window');
    return found === true;
  });
  const { aggregate } = column;
  if (aggregate === 'count') return String(inside.length);
  if (aggregate === 'any') return inside.length > 0 ? '1' : '0';
  if (aggregate === 'mean' || aggregate === 'min' || aggregate === 'max') return statistic(inside, aggregate);
  const dated = inside.filter(({ moment }) => moment !== undefined);
  if (dated.length < inside.length)
    tally.add(subject, 'records left out without a date: nobody can tell which is first', inside.length - dated.length);
  const first = aggregate === 'first' || aggregate === 'daysToFirst';
  const found = dated.reduce<Event | undefined>(
    (best, event) => (best && !comes(event, best, first) ? best : event),
    undefined,
  );
  if (!found) return '';
  return aggregate.startsWith('daysTo') ? String(daysBetween(index!, found.moment!)) : String(found.value);
}

/**
 * True where one event takes the place of another that was best so far. Of two at one moment the greater value is the first,
 * and the last: which was read first hangs on the order of files.
 */
function comes(event: Event, best: Event, first: boolean): boolean {
  const [at, before] = [event.moment!.instant, best.moment!.instant];
  if (at !== before) return first ? at < before : at > before;
  const [value, other] = [event.value ?? '', best.value ?? ''];
  return typeof value === typeof other ? value > other : typeof value === 'number';
}

function statistic(events: readonly Event[], aggregate: 'mean' | 'min' | 'max'): string {
  if (events.length === 0) return '';
  const values = events.map(({ value }) => value as number);
  if (aggregate === 'mean') {
    // Sorted, so that the last bit does not hang on the order of files.
    const mean = values.sort((a, b) => a - b).reduce((sum, value) => sum + value / values.length, 0);
    return String(values[0] === values.at(-1) ? values[0] : mean);
  }
  return String(values.reduce((best, value) => (aggregate === 'min' ? Math.min(best, value) : Math.max(best, value))));
}
