import { FedwardError, type Adjacency, type DpEvent, type Unpriced } from '@fedward/core';

/**
 * The single releases of an event, each with how often it happens. A malformed composition or repetition is given as it
 * is, and what is no event at all by a type that nobody knows: ledgers are read from files, and plans are written by hand.
 */
export function* releasesOf(event: DpEvent, count = 1): Generator<{ release: DpEvent; count: number }> {
  if (!isEvent(event)) {
    yield { release: { type: String(event) } as unknown as DpEvent, count };
    return;
  }
  if (event.type === 'none') return;
  if (event.type === 'composed' && Array.isArray(event.events)) {
    for (const part of event.events) yield* releasesOf(part, count);
  } else if (event.type === 'repeated' && Number.isSafeInteger(event.count) && event.count >= 0) {
    if (event.count > 0) yield* releasesOf(event.event, count * event.count);
  } else yield { release: event, count };
}

/** True for an object with a type, whatever the type system was told. */
export function isEvent(value: unknown): value is DpEvent {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/**
 * The first single release of an event that has no price, and why.
 * @param priceOf prices one release, or says why it can't
 */
export function firstUnpriced(event: DpEvent, priceOf: (release: DpEvent) => object): Unpriced | undefined {
  for (const { release } of releasesOf(event)) {
    const price = priceOf(release);
    if ('refused' in price) return { part: release, reason: String(price.refused) };
  }
  return undefined;
}

/** EVENT_UNSUPPORTED, naming the type of the part that has no price. */
export function unsupported(accountant: string, adjacency: Adjacency, { part, reason }: Unpriced): FedwardError {
  const message = `accountant ${accountant} can't price ${part.type} under ${adjacency}: ${reason}`;
  return new FedwardError('EVENT_UNSUPPORTED', message, part.type);
}
