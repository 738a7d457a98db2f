import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../base/json.js';
import { composeEvents, type DpEvent } from './events.js';

const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });
const repeated = (event: DpEvent, count: number): DpEvent => ({ type: 'repeated', event, count });
const composed = (...events: DpEvent[]): DpEvent => ({ type: 'composed', events });

/** How often each single release happens, by definition of the events. */
function leaves(event: DpEvent, times = 1, counts = new Map<string, number>()): Map<string, number> {
  switch (event.type) {
    case 'none':
      return counts;
    case 'repeated':
      return leaves(event.event, times * event.count, counts);
    case 'composed':
      for (const part of event.events) leaves(part, times, counts);
      return counts;
    default: {
      const key = canonicalJson(event);
      if (times > 0) counts.set(key, (counts.get(key) ?? 0) + times);
      return counts;
    }
  }
}

const leaf = fc.oneof(
  fc.constantFrom(1, 2, 0.5).map(gaussian),
  fc.constant<DpEvent>({ type: 'non-private', reason: 'none' }),
  fc
    .constantFrom(0.1, 1)
    .map((p): DpEvent => ({ type: 'poisson-sampled', samplingProbability: p, event: gaussian(1) })),
  fc.constant<DpEvent>({
    type: 'poisson-sampled',
    samplingProbability: 0.1,
    event: composed(gaussian(1), repeated(gaussian(2), 3)),
  }),
  fc.constant<DpEvent>({ type: 'none' }),
);
const { event: anyEvent } = fc.letrec<{ event: DpEvent }>((tie) => ({
  event: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.record({ event: tie('event'), count: fc.nat(5) }).map(({ event, count }) => repeated(event, count)),
    fc.array(tie('event'), { maxLength: 4 }).map((events) => composed(...events)),
  ),
}));

describe('composeEvents', () => {
  it('keeps how often each single release happens', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), (events) => {
        expect(leaves(composeEvents(...events))).toEqual(leaves(composed(...events)));
      }),
    );
  });

  it('is in its shortest form: composing it again, alone or in parts, changes nothing', () => {
    fc.assert(
      fc.property(anyEvent, anyEvent, (a, b) => {
        const whole = composeEvents(a, b);
        expect(composeEvents(whole)).toEqual(whole);
        expect(composeEvents(composeEvents(a), composeEvents(b))).toEqual(whole);
        const parts = whole.type === 'composed' ? whole.events : [whole];
        expect(new Set(parts.map((part) => canonicalJson(part.type === 'repeated' ? part.event : part))).size).toBe(
          parts.length,
        );
      }),
    );
  });

  it('of nothing is none', () => {
    expect(composeEvents()).toEqual({ type: 'none' });
    expect(composeEvents({ type: 'none' }, composed(), repeated(gaussian(1), 0))).toEqual({ type: 'none' });
  });

  it('of one event is that event', () => {
    expect(composeEvents(composed(repeated(gaussian(3), 1)))).toEqual(gaussian(3));
  });

  it('keeps a thousand equal rounds as one event', () => {
    let ledger: DpEvent = { type: 'none' };
    for (let round = 0; round < 1000; round++) ledger = composeEvents(ledger, gaussian(2));
    expect(ledger).toEqual(repeated(gaussian(2), 1000));
  });

  it('keeps a thousand rounds of two mechanisms as two events', () => {
    const round = composeEvents(gaussian(2), repeated(gaussian(5), 3));
    let ledger: DpEvent = { type: 'none' };
    for (let i = 0; i < 1000; i++) ledger = composeEvents(ledger, round);
    expect(ledger).toEqual(composed(repeated(gaussian(2), 1000), repeated(gaussian(5), 3000)));
  });

  it('does not open what is done to a sample', () => {
    const sampled: DpEvent = { type: 'poisson-sampled', samplingProbability: 0.1, event: repeated(gaussian(1), 2) };
    expect(composeEvents(sampled, sampled)).toEqual(repeated(sampled, 2));
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the count %s, which would hide spending',
    (count) => {
      expect(() => composeEvents(gaussian(1), repeated(gaussian(1), count))).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'count' }),
      );
    },
  );
});
