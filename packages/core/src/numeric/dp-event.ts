import { canonicalJson } from '../json.js';

/**
 * What a mechanism does to the data, as data: mechanism, event and accountant are three things. A mechanism
 * says which events happened, an accountant says what they cost. Shapes are only ever added.
 *
 * `noiseMultiplier`: standard deviation of the noise over the L2 sensitivity, the sensitivity being that of
 * the adjacency under which the event is priced (a sum of terms clipped to C: C for add-or-remove-one, 2C for
 * replace-one).
 */
export type DpEvent =
  /** Nothing that depends on data was released. */
  | { readonly type: 'none' }
  /** Something was released without protection: no finite epsilon covers it. */
  | { readonly type: 'non-private'; readonly reason: string }
  | { readonly type: 'gaussian'; readonly noiseMultiplier: number }
  /** Each record takes part with this probability, independently, and the inner event is run on those. */
  | { readonly type: 'poisson-sampled'; readonly samplingProbability: number; readonly event: DpEvent }
  | { readonly type: 'repeated'; readonly event: DpEvent; readonly count: number }
  /** One after the other, each may be chosen by what the earlier ones gave (adaptive composition). */
  | { readonly type: 'composed'; readonly events: readonly DpEvent[] };

/** Which data sets count as neighbours. */
export type Adjacency = 'add-or-remove-one' | 'replace-one';

/** What one neighbour differs in. */
export type PrivacyUnit = 'record' | 'patient';

const nothing: DpEvent = { type: 'none' };

/**
 * The composition of events in its shortest form: nested compositions are opened, equal neighbours counted.
 * A thousand equal rounds stay one `repeated` event, so that a ledger does not grow with time.
 */
export function composeEvents(...events: readonly DpEvent[]): DpEvent {
  const runs: { event: DpEvent; key: string; count: number }[] = [];
  const push = (event: DpEvent, count: number): void => {
    switch (event.type) {
      case 'none':
        return;
      case 'repeated':
        return push(event.event, count * event.count);
      case 'composed':
        if (count === 1 || event.events.length <= 1) {
          for (const part of event.events) push(part, count);
          return;
        }
    }
    const key = canonicalJson(event);
    const last = runs.at(-1);
    if (last?.key === key) last.count += count;
    else runs.push({ event, key, count });
  };
  for (const event of events) push(event, 1);
  const parts = runs.map(({ event, count }) => (count === 1 ? event : ({ type: 'repeated', event, count } as const)));
  return parts.length === 0 ? nothing : parts.length === 1 ? parts[0]! : { type: 'composed', events: parts };
}
