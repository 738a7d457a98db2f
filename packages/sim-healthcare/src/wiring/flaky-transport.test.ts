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

  it('fails as often as it is told to, and the same way for a seed', async () => {
    const failed = await failures(0.3, 5);
    const count = failed.filter(Boolean).length;
    expect(Math.abs(count - 300)).toBeLessThan(5 * Math.sqrt(1000 * 0.3 * 0.7));
    expect(await failures(0.3, 5)).toEqual(failed);
    expect(await failures(0.3, 6)).not.toEqual(failed);
  });
});
