import { inMemoryTransport, Random } from '@fedward/core';
import { transportCompliance } from '@fedward/testkit/transport';
import { describe, expect, it } from 'vitest';
import { flakyTransport } from './flaky-transport.js';

transportCompliance({
  connect: (clients) => Promise.resolve(flakyTransport(inMemoryTransport(clients), 0, new Random(1))),
}).register({ describe, it });

describe('flakyTransport', () => {
  const failures = async (rate: number, seed: number): Promise<boolean[]> => {
    const inner = inMemoryTransport([]);
    const client = (id: string) => ({ ...inner.client(id), answer: () => Promise.resolve({} as never) });
    const transport = flakyTransport({ ...inner, client }, rate, new Random(seed));
    const asked = Array.from({ length: 1000 }, (_, round) =>
      transport
        .client('ward')
        .answer({ round } as never, new AbortController().signal)
        .then(
          () => false,
          () => true,
        ),
    );
    return Promise.all(asked);
  };

  /** What one client does in each of 1,000 rounds of three calls, its answer, and two calls: where it falls silent. */
  const silences = async (asks: boolean): Promise<number[]> => {
    const inner = inMemoryTransport([]);
    const reached = () => Promise.resolve({} as never);
    const client = (id: string) => ({ ...inner.client(id), answer: reached, call: reached });
    const ward = flakyTransport({ ...inner, client }, 0.3, new Random(5), asks).client('ward');
    const silent: number[] = [];
    for (let round = 0; round < 1000; round++) {
      const messages = ['call', 'call', 'call', 'answer', 'call', 'call', 'call'] as const;
      const failed = [];
      for (const kind of messages)
        failed.push(
          await ward[kind]({ round } as never, new AbortController().signal).then(
            () => false,
            () => true,
          ),
        );
      const from = failed.indexOf(true);
      // Whoever is silent stays so; without calls it fails at its answer alone.
      expect(failed.slice(from < 0 ? 7 : from)).toEqual(from < 0 ? [] : asks ? Array(7 - from).fill(true) : [true, false, false, false]); // prettier-ignore
      silent.push(from);
    }
    return silent;
  };

  it('where clients are called lets each fall silent at a stage of its own, and stay so', async () => {
    const silent = await silences(true);
    const count = silent.filter((from) => from >= 0).length;
    for (const stage of [0, 1, 3, 4, 5]) {
      const share = silent.filter((from) => from === stage).length;
      expect(Math.abs(share - count / 5), `stage ${stage}`).toBeLessThan(5 * Math.sqrt(count * 0.2 * 0.8));
    }
    expect(silent.filter((from) => from === 2 || from === 6)).toEqual([]);
    expect(await silences(true)).toEqual(silent);
    // The same clients fail in the same rounds, whether they are called or not.
    const answers = await silences(false);
    expect(answers.map((from) => from === 3)).toEqual(silent.map((from) => from >= 0));
    expect(answers.map((from) => from >= 0)).toEqual(await failures(0.3, 5));
  });

  it('fails as often as it is told to, and the same way for a seed', async () => {
    const failed = await failures(0.3, 5);
    const count = failed.filter(Boolean).length;
    expect(Math.abs(count - 300)).toBeLessThan(5 * Math.sqrt(1000 * 0.3 * 0.7));
    expect(await failures(0.3, 5)).toEqual(failed);
    expect(await failures(0.3, 6)).not.toEqual(failed);
  });
});
