import { describe, expect, it } from 'vitest';
import { assertSame, measurePrograms, over, together } from './programs.js';

/** Gives 0, 1, 2, ... */
const counting = (program: string) => {
  let next = 0;
  return { program, time: () => next++ };
};

describe('measurePrograms', () => {
  it('asks each program once before what counts, and tells of each turn', async () => {
    const told: unknown[] = [];
    const found = await measurePrograms('work', [counting('a'), counting('b')], {
      ...{ pairs: 2, unit: 's' },
      onTurn: (turn, values) => told.push([turn, ...values]),
    });
    expect(found).toEqual(['a', 'b'].map((program) => ({ what: 'work', program, unit: 's', samples: [1, 2] })));
    expect(told).toEqual([
      ['pair 1/2', 1, 1],
      ['pair 2/2', 2, 2],
    ]);
  });
});

describe('over', () => {
  it('compares what both were measured of', async () => {
    const turns = { pairs: 1, unit: 's', onTurn: () => undefined } as const;
    const [a, b] = await measurePrograms('work', [counting('a'), counting('b')], turns);
    expect(over(a, b)).toEqual([{ what: 'work', numerator: a, denominator: b }]);
    expect([...over(a), ...over(undefined, b)]).toEqual([]);
    const found = { measurements: [a!], comparisons: over(a, b) };
    expect(together([found, { measurements: [b!], comparisons: [] }])).toEqual({
      measurements: [a, b],
      comparisons: over(a, b),
    });
  });
});

it('a program that did other work is refused by name', () => {
  assertSame('pytorch', 'steps', 3, 3, 'a CNN');
  expect(() => assertSame('pytorch', 'steps', 2, 3, 'a CNN')).toThrow(
    expect.objectContaining({
      code: 'CLIENT_FAILED',
      subject: 'pytorch',
      message: 'pytorch: 2 steps instead of 3 for a CNN',
    }),
  );
});
