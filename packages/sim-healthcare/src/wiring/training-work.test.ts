import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrainingWork } from './training-work.js';

describe('TrainingWork', () => {
  it('adds up steps and seconds, and counts time that trainings share once', () => {
    const work = new TrainingWork();
    work.add(3, 10, 1);
    work.add(4, 12, 1);
    work.add(5, 10.5, 4); // over both
    work.add(6, 20, 2);
    expect([work.steps, work.seconds, work.elapsedSeconds]).toEqual([18, 8, 6.5]);
  });

  it('has the length of the union of all times, in whatever order they come', () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 30 }), (spans) => {
        const work = new TrainingWork();
        spans.forEach(([began, seconds]) => work.add(1, began, seconds));
        const covered = new Set(
          spans.flatMap(([began, seconds]) => Array.from({ length: seconds }, (_, i) => began + i)),
        );
        expect(work.elapsedSeconds).toBe(covered.size);
      }),
    );
  });
});
