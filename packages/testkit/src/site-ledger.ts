import assert from 'node:assert/strict';
import type { Adjacency, Charge, DpEvent, PrivacyUnit, SiteLedger } from '@fedward/core';
import { refuses, watch } from './support/assertions.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** Under which terms a ledger counts. */
export interface SiteLedgerTerms {
  readonly unit: PrivacyUnit;
  readonly adjacency: Adjacency;
  readonly delta: number;
  /** Most epsilon that it takes. */
  readonly budget: number;
}

/** A ledger on trial, empty, of the terms that were asked for. */
export interface SiteLedgerTrial {
  readonly ledger: SiteLedger;
  /** How many releases it has counted; all that it is charged with are of the same kind. */
  readonly releases: () => Promise<number>;
  /** The same ledger as a new process would find it; absent for one in memory. */
  readonly reopen?: () => Promise<SiteLedgerTrial>;
  readonly cleanup?: () => Promise<void>;
}

/** What the suite needs to know of a ledger. */
export interface SiteLedgerComplianceOptions {
  /** A new and empty ledger. Its accountant must know Gaussian releases. */
  readonly create: (terms: SiteLedgerTerms) => Promise<SiteLedgerTrial>;
  /** True for one that counts records, patients and hospitals apart, and so refuses a charge of another unit. */
  readonly knowsUnits?: boolean;
}

const terms: SiteLedgerTerms = { unit: 'record', adjacency: 'add-or-remove-one', delta: 1e-5, budget: 3 };
/** Costs an epsilon of about 0.4 at delta 1e-5. */
const small: DpEvent = { type: 'gaussian', noiseMultiplier: 10 };
/** Costs more than the budget. */
const large: DpEvent = { type: 'gaussian', noiseMultiplier: 0.3 };

/** What every ledger of a site must do; see `SiteLedger` in core. */
export function siteLedgerCompliance({ create, knowsUnits = false }: SiteLedgerComplianceOptions): ComplianceSuite {
  const trial =
    (check: (trial: SiteLedgerTrial) => Promise<void>): Checks[string] =>
    async () => {
      const made = await create(terms);
      try {
        await check(made);
      } finally {
        await made.cleanup?.();
      }
    };
  const counts = async ({ releases }: SiteLedgerTrial, expected: number, what: string): Promise<void> =>
    assert.equal(await releases(), expected, what);

  return defineSuite('site ledger', {
    'an empty ledger has spent nothing': trial(async (made) => {
      await counts(made, 0, 'an empty ledger');
      assert.equal(typeof (made.ledger.outlivesRuns ?? false), 'boolean', '`outlivesRuns` is neither true nor false');
    }),

    'each charge is added, of whatever run and round': trial(async (made) => {
      for (const [i, changes] of [{}, { round: 1 }, { runId: 'run-2' }, { planHash: 'sha256:11' }].entries()) {
        await made.ledger.charge(charge(changes));
        await counts(made, i + 1, `after ${i + 1} charges`);
      }
    }),

    'the same charge twice counts twice where the noise is secret': trial(async (made) => {
      for (let n = 0; n < 2; n++) await made.ledger.charge(charge({ simulationOnly: false }));
      await counts(made, 2, 'a release that was made twice, with other noise each time');
    }),

    'a charge beyond the budget is refused, and nothing is written': trial(async (made) => {
      await made.ledger.charge(charge());
      await refuses('BUDGET_EXCEEDED', 'a charge of more than the budget', () =>
        made.ledger.charge(charge({ round: 1, event: large })),
      );
      await counts(made, 1, 'after a refusal');
      await made.ledger.charge(charge({ round: 2 }));
      await counts(made, 2, 'once something smaller was charged after a refusal');
    }),

    'many small charges reach the budget, and none goes beyond it': trial(async (made) => {
      let taken = 0;
      try {
        for (; taken < 200; taken++) await made.ledger.charge(charge({ round: taken }));
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'BUDGET_EXCEEDED', String(error));
      }
      // 1 / z^2 each: with 30 of them the exact epsilon is 2.5, with 50 it is 3.4.
      assert.ok(taken > 0 && taken < 50, `${taken} charges of a Gaussian with noise multiplier 10 fit into epsilon 3`);
      await counts(made, taken, 'the charges that were taken');
      await refuses('BUDGET_EXCEEDED', 'one charge more', () => made.ledger.charge(charge({ round: taken })));
      await counts(made, taken, 'after one charge more');
    }),

    'charges at once are each counted, and never beyond the budget': trial(async (made) => {
      const all = Array.from({ length: 80 }, (_, round) => made.ledger.charge(charge({ round })));
      const taken = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled').length;
      assert.ok(taken > 0 && taken < 50, `${taken} of 80 charges at once fit into epsilon 3`);
      await counts(made, taken, 'the charges that were taken at once');
    }),

    'a charge under another adjacency is refused, and nothing is written': trial(async (made) => {
      const other = charge({ adjacency: 'replace-one' });
      await refuses('CONFIG_INCOMPATIBLE', 'a charge under replace-one', () => made.ledger.charge(other));
      await counts(made, 0, 'after a refusal');
    }),

    ...(knowsUnits && {
      'a charge of another unit is refused, and nothing is written': trial(async (made) => {
        for (const unit of ['patient', 'hospital'] as const)
          await refuses('CONFIG_INCOMPATIBLE', `a charge of a ${unit}`, () => made.ledger.charge(charge({ unit })));
        await counts(made, 0, 'after refusals');
      }),
    }),

    'an event that it can not price is refused, and nothing is written': trial(async (made) => {
      const event = { type: 'mechanism-of-the-future', noiseMultiplier: 100 } as unknown as DpEvent;
      await assert.rejects(made.ledger.charge(charge({ event })), 'an event that nobody knows was charged');
      await counts(made, 0, 'after a refusal');
      await made.ledger.charge(charge());
      await counts(made, 1, 'once it was charged what it knows');
    }),

    'a charge is left as it was': trial(async ({ ledger }) => {
      const given = charge({
        event: { type: 'composed', events: [small, { type: 'repeated', event: small, count: 2 }] },
      });
      const unchanged = watch('the charge', given);
      await ledger.charge(given);
      unchanged();
    }),

    'one that outlives runs has its charges again in another process': trial(async (made) => {
      if (!made.ledger.outlivesRuns) return;
      assert.ok(made.reopen, 'it says that it outlives runs, and there is no way to open it again');
      for (let round = 0; round < 3; round++) await made.ledger.charge(charge({ round }));
      const other = await made.reopen();
      try {
        await counts(other, 3, 'the charges that another process finds');
        await refuses('BUDGET_EXCEEDED', 'a charge of more than is left', () =>
          other.ledger.charge(charge({ event: large })),
        );
        await other.ledger.charge(charge({ runId: 'run-2' }));
        await counts(other, 4, 'once another process has charged');
      } finally {
        await other.cleanup?.();
      }
    }),
  });
}

const charge = (changes: Partial<Charge> = {}): Charge => ({
  ...{ planHash: 'sha256:00', runId: 'run-1', round: 0, simulationOnly: false },
  ...{ unit: terms.unit, adjacency: terms.adjacency, event: small },
  ...changes,
});
