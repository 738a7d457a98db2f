import { assertInteger } from '../base/assert.js';
import { canonicalJson } from '../base/json.js';

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
  /** `noiseMultiplier`: scale b of the noise (its standard deviation is b sqrt(2)) over the L1 sensitivity. */
  | { readonly type: 'laplace'; readonly noiseMultiplier: number }
  /**
   * Integers, with noise of weight e^(-x^2 / (2 sigma^2)) at each integer x (Canonne, Kamath and Steinke 2020).
   * `sigma` is its parameter, `sensitivity` the L2 sensitivity of the integers: unlike the continuous Gaussian's,
   * its price does not depend on their ratio alone.
   */
  | { readonly type: 'discrete-gaussian'; readonly sigma: number; readonly sensitivity: number }
  /** Each record takes part with this probability, independently, and the inner event is run on those. */
  | { readonly type: 'poisson-sampled'; readonly samplingProbability: number; readonly event: DpEvent }
  /** Of `population` records `size` are drawn without replacement, and the inner event is run on those. */
  | { readonly type: 'fixed-size-sampled'; readonly size: number; readonly population: number; readonly event: DpEvent }
  | { readonly type: 'repeated'; readonly event: DpEvent; readonly count: number }
  /** One after the other, each may be chosen by what the earlier ones gave (adaptive composition). */
  | { readonly type: 'composed'; readonly events: readonly DpEvent[] };

/** Which data sets count as neighbours. */
export type Adjacency = 'add-or-remove-one' | 'replace-one';

/** What neighbours differ in: one record, all the records of one patient, or all the data of one hospital. */
export type PrivacyUnit = 'record' | 'patient' | 'hospital';

/**
 * The composition of events in its shortest form: nested compositions and repetitions are opened, equal events
 * counted, in the order of their first appearance. A thousand equal rounds stay one `repeated` event, so that a
 * ledger does not grow with time. What a composition costs does not depend on its order.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a count that is not an integer >= 0
 */
export function composeEvents(...events: readonly DpEvent[]): DpEvent {
  const parts = new Map<string, { readonly type: 'repeated'; readonly event: DpEvent; readonly count: number }>();
  const add = (event: DpEvent, count: number): void => {
    if (event.type === 'none' || count === 0) return;
    if (event.type === 'composed') return event.events.forEach((part) => add(part, count));
    if (event.type === 'repeated') {
      assertInteger('count', event.count);
      return add(event.event, count * event.count);
    }
    const key = canonicalJson(event);
    parts.set(key, { type: 'repeated', event, count: count + (parts.get(key)?.count ?? 0) });
  };
  for (const event of events) add(event, 1);
  const shortest = [...parts.values()].map((part) => (part.count === 1 ? part.event : part));
  return shortest.length > 1 ? { type: 'composed', events: shortest } : (shortest[0] ?? { type: 'none' });
}
