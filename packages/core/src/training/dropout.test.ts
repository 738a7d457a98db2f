import { Random } from '../random/random.js';
import { describe, expect, it } from 'vitest';
import { dropoutMasks } from './dropout.js';

const keystream = (seed: string) => ({ key: new Random(seed).key(), rounds: 8 }) as const;
const mask = (step: number, layer: number, seed = 'a', rate = 0.3) => [
  ...dropoutMasks(keystream(seed), step)(layer, rate, 500),
];

describe('dropout masks', () => {
  it('are known by seed, step and layer alone', () => {
    const first = mask(3, 2);
    const random = new Random('a');
    random.uniform();
    const masks = dropoutMasks({ key: random.key(), rounds: 8 }, 3);
    masks(1, 0.3, 500);
    expect([...masks(2, 0.3, 500)]).toEqual(first);
    expect(mask(4, 2)).not.toEqual(first);
    expect(mask(3, 1)).not.toEqual(first);
    expect(mask(3, 2, 'b')).not.toEqual(first);
  });

  it('keep 1 - rate of the values, and these divided by it', () => {
    const values = Array.from({ length: 40 }, (_, step) => mask(step, 0, 'a', 0.2)).flat();
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
    const kept = values.filter((value) => value > 0).length / values.length;
    expect(Math.abs(kept - 0.8)).toBeLessThan(6 * Math.sqrt((0.2 * 0.8) / values.length));
  });
});
