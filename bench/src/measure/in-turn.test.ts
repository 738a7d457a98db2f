import { describe, expect, it } from 'vitest';
import { measureInTurn } from './in-turn.js';

describe('measureInTurn', () => {
  it('takes one sample of each, then the next of each', async () => {
    const order: string[] = [];
    const turns: unknown[] = [];
    const measure = (name: string, first: number) => () => {
      order.push(name);
      return first + order.length;
    };
    const samples = await measureInTurn(3, [measure('a', 0), measure('b', 100)], (...turn) => turns.push(turn));
    expect(order.join('')).toBe('ababab');
    expect(samples).toEqual([
      [1, 3, 5],
      [102, 104, 106],
    ]);
    expect(turns).toEqual([
      [0, [1, 102]],
      [1, [3, 104]],
      [2, [5, 106]],
    ]);
  });
});
