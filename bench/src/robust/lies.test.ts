import {
  createLayout,
  createParameters,
  inMemoryTransport,
  Random,
  type Client,
  type Task,
  type Update,
} from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { lying } from './attacks.js';
import { gaussian, innerProduct, littleIsEnough, scaled, signFlip, type Seen } from './lies.js';

const seen: Seen = {
  own: Float32Array.of(1, -2),
  honest: [Float32Array.of(1, 3), Float32Array.of(3, 3)],
  random: new Random(1),
};

describe('lies', () => {
  it('are what their papers say, by hand', () => {
    expect([...signFlip(seen)]).toEqual([-1, 2]);
    expect([...scaled(100)(seen)]).toEqual([-100, 200]);
    expect([...littleIsEnough(1.5)(seen)]).toEqual([0.5, 3]); // means 2 and 3, deviations 1 and 0
    expect([...innerProduct(2)(seen)]).toEqual([-4, -6]);
  });

  it('draw noise of the deviation that they are told', () => {
    const noise = gaussian(10)({ ...seen, own: new Float32Array(20_000) });
    expect(Math.sqrt(noise.reduce((sum, x) => sum + x * x, 0) / noise.length)).toBeCloseTo(10, 0);
  });
});

describe('lying', () => {
  const layout = createLayout([{ name: 'w', shape: [2] }]);
  const client = (id: string, values: readonly number[], milliseconds: number): Client =>
    ({
      id,
      answer: async () => {
        await new Promise((done) => setTimeout(done, milliseconds));
        return { clientId: id, weight: 5, payload: createParameters(layout, Float32Array.from(values)) } as Update;
      },
    }) as unknown as Client;

  it('sends what a lie makes of all that the honest ones send, and leaves those alone', async () => {
    const inner = inMemoryTransport([client('a', [9, 9], 0), client('b', [1, 3], 5), client('c', [3, 3], 1)]);
    const transport = lying(inner, new Set(['a']), innerProduct(2), 1);
    for (const round of [0, 1]) {
      const task = { runId: 'r', round, payload: createParameters(layout) } as unknown as Task;
      const signal = new AbortController().signal;
      const [a, b] = await Promise.all(['a', 'b', 'c'].map((id) => transport.client(id).answer(task, signal)));
      expect([...a!.payload.values]).toEqual([-4, -6]);
      expect(a!.weight).toBe(5);
      expect([...b!.payload.values]).toEqual([1, 3]);
    }
  });
});
