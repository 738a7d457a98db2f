import { hasCode, type DpEvent } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant } from '../accounting/index.js';
import type { DiskLedger } from './ledger.js';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { chargeOf, inDirectory, options } from './testing/ledgers.js';

const gaussian = fc
  .double({ min: 0.5, max: 20, noNaN: true })
  .map((z): DpEvent => ({ type: 'gaussian', noiseMultiplier: z }));
const repeated = fc
  .record({ event: gaussian, count: fc.integer({ min: 0, max: 20 }) })
  .map((of): DpEvent => ({ type: 'repeated', ...of }));
const event = fc.oneof(
  gaussian,
  repeated,
  fc.array(gaussian, { maxLength: 3 }).map((events): DpEvent => ({ type: 'composed', events })),
);

/** Several runs with a ledger of their own on one directory; each step one of them charges, or is begun anew. */
const steps = fc.array(
  fc.record({ run: fc.integer({ min: 0, max: 3 }), begunAnew: fc.boolean(), event, atOnce: fc.boolean() }),
  { maxLength: 12 },
);

describe('whatever runs do, in any order', () => {
  it('what was released stays within the budget, and all of it is in the ledger', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.double({ min: 0.5, max: 5, noNaN: true }), (all, budget) =>
        inDirectory(async (directory) => {
          const terms = { ...options, budget };
          const runs: DiskLedger[] = await Promise.all([0, 1, 2, 3].map(() => openLedger(directory, terms)));
          const released: DpEvent[] = [];
          let underWay: Promise<void>[] = [];
          for (const [round, { run, begunAnew, event, atOnce }] of all.entries()) {
            if (!atOnce) await Promise.all(underWay.splice(0));
            if (begunAnew) runs[run] = await openLedger(directory, terms);
            const charged = runs[run]!.charge(chargeOf(round, { runId: `run-${run}`, event })).then(
              () => void released.push(event),
              (error: unknown) => {
                if (!hasCode(error, 'BUDGET_EXCEEDED')) throw error;
                refused++;
              },
            );
            underWay.push(charged);
          }
          await Promise.all(underWay);
          underWay = [];
          const truth = gaussianAccountant()('replace-one');
          for (const one of released) truth.compose(one);
          const report = await readLedger(directory);
          expect(report).toMatchObject({ releases: released.length, fault: null });
          // By another order of additions: equal but for the last digits.
          expect(report.epsilon).toBeCloseTo(truth.epsilon(options.delta), 9);
          expect(report.epsilon).toBeLessThanOrEqual(budget);
          expect(report.left).toBeGreaterThanOrEqual(0);
        }),
      ),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  it('a charge costs what its events cost, and no ledger grows cheaper', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 6 }), (events) =>
        inDirectory(async (directory) => {
          const ledger = await openLedger(directory, { ...options, budget: 1e6 });
          let before = 0;
          for (const [round, event] of events.entries()) {
            await ledger.charge(chargeOf(round, { event }));
            expect(ledger.epsilon).toBeGreaterThanOrEqual(before);
            before = ledger.epsilon;
          }
          expect((await openLedger(directory, { ...options, budget: 1e6 })).epsilon).toBe(before);
        }),
      ),
      { numRuns: 30 },
    );
  });
});
