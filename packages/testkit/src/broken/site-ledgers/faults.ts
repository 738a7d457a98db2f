import { composeEvents, FedwardError, incompatible, type Charge, type DpEvent } from '@fedward/core';
import type { SiteLedgerTerms, SiteLedgerTrial } from '../../site-ledger.js';
import type { Broken } from '../expect.js';
import { Zcdp } from '../privacy-accountants/reference.js';

type Create = (terms: SiteLedgerTerms) => Promise<SiteLedgerTrial>;

/** The parts of a ledger, each to be replaced by a broken one. */
interface Parts {
  readonly assertTerms: (charge: Charge, terms: SiteLedgerTerms) => void;
  readonly assertWithin: (spent: DpEvent, event: DpEvent, terms: SiteLedgerTerms) => void;
  /** What is written down of a charge. */
  readonly written: (charge: Charge, before: readonly Charge[]) => readonly Charge[];
  /** Something that others may come in between. */
  readonly rest: () => Promise<void>;
  /** Runs charges one after the other. */
  readonly inTurn: boolean;
  /** True where it writes first and asks then. */
  readonly writesFirst: boolean;
  /** What another process finds. */
  readonly kept: (charges: readonly Charge[]) => Charge[];
}

const parts: Parts = {
  assertTerms({ unit, adjacency }, terms) {
    if (adjacency !== terms.adjacency) throw incompatible(`the ledger is under ${terms.adjacency}`, 'adjacency');
    if (unit !== terms.unit) throw incompatible(`the ledger counts a ${terms.unit}`, 'unit');
  },
  assertWithin(spent, event, { adjacency, delta, budget }) {
    const accountant = new Zcdp(adjacency);
    accountant.compose(spent);
    if (!(accountant.preview(event, delta) <= budget)) throw new FedwardError('BUDGET_EXCEEDED', 'too much');
  },
  written: (charge) => [charge],
  rest: () => new Promise((resolve) => setImmediate(resolve)),
  inTurn: true,
  writesFirst: false,
  kept: (charges) => [...charges],
};

/** Number of Gaussian releases in an event. */
export function releasesIn(event: DpEvent): number {
  if (event.type === 'composed') return event.events.reduce((sum, part) => sum + releasesIn(part), 0);
  if (event.type === 'repeated') return event.count * releasesIn(event.event);
  return event.type === 'none' ? 0 : 1;
}

const ledgerOf =
  (changes: Partial<Parts> = {}): Create =>
  async (terms) => {
    const made = { ...parts, ...changes };
    const trial = (charges: Charge[]): SiteLedgerTrial => {
      const spent = (): DpEvent => composeEvents(...charges.map(({ event }) => event));
      const take = async (charge: Charge): Promise<void> => {
        made.assertTerms(charge, terms);
        const before = spent();
        if (made.writesFirst) charges.push(charge);
        await made.rest();
        made.assertWithin(before, charge.event, terms);
        if (!made.writesFirst) charges.push(...made.written(structuredClone(charge), charges));
      };
      let last: Promise<unknown> = Promise.resolve();
      return {
        ledger: {
          outlivesRuns: true,
          charge(charge) {
            const mine = made.inTurn ? last.then(() => take(charge)) : take(charge);
            last = mine.catch(() => undefined);
            return mine;
          },
        },
        releases: async () => releasesIn(spent()),
        reopen: async () => trial(made.kept(charges)),
      };
    };
    return trial([]);
  };

/** A correct ledger, as small as it can be. */
export const referenceLedger = (): Create => ledgerOf();

const broken = (changes: Partial<Parts>) => (): Create => ledgerOf(changes);

export const brokenSiteLedgers: Record<string, Broken<Create>> = {
  'starts with a charge that nobody made': {
    create: () => async (terms) => {
      const made = await ledgerOf()(terms);
      return { ...made, releases: async () => 1 + (await made.releases()) };
    },
    fails: [
      'an empty ledger has spent nothing',
      'each charge is added, of whatever run and round',
      'the same charge twice counts twice where the noise is secret',
      'a charge beyond the budget is refused, and nothing is written',
      'many small charges reach the budget, and none goes beyond it',
      'charges at once are each counted, and never beyond the budget',
      'a charge under another adjacency is refused, and nothing is written',
      'a charge of another unit is refused, and nothing is written',
      'an event that it can not price is refused, and nothing is written',
    ],
  },

  'charges a run once': {
    create: broken({
      written: (charge, before) => (before.some(({ runId }) => runId === charge.runId) ? [] : [charge]),
    }),
    fails: [
      'each charge is added, of whatever run and round',
      'the same charge twice counts twice where the noise is secret',
      'a charge beyond the budget is refused, and nothing is written',
      'many small charges reach the budget, and none goes beyond it',
      'charges at once are each counted, and never beyond the budget',
      'one that outlives runs has its charges again in another process',
    ],
  },

  'takes a release with other noise for the same one': {
    create: broken({
      written: (charge, before) =>
        before.some(({ runId, round, planHash }) =>
          [runId === charge.runId, round === charge.round, planHash === charge.planHash].every(Boolean),
        )
          ? []
          : [charge],
    }),
    fails: ['the same charge twice counts twice where the noise is secret'],
  },

  'writes before it refuses': {
    create: broken({ writesFirst: true }),
    fails: [
      'a charge beyond the budget is refused, and nothing is written',
      'many small charges reach the budget, and none goes beyond it',
      'charges at once are each counted, and never beyond the budget',
      'an event that it can not price is refused, and nothing is written',
      'one that outlives runs has its charges again in another process',
    ],
  },

  'looks at each charge alone': {
    create: broken({ assertWithin: (_, event, terms) => parts.assertWithin({ type: 'none' }, event, terms) }),
    fails: [
      'many small charges reach the budget, and none goes beyond it',
      'charges at once are each counted, and never beyond the budget',
    ],
  },

  'has no budget': {
    create: broken({ assertWithin: (spent, event, terms) => parts.assertWithin(spent, event, { ...terms, budget: 1e9 }) }), // prettier-ignore
    fails: [
      'a charge beyond the budget is refused, and nothing is written',
      'many small charges reach the budget, and none goes beyond it',
      'charges at once are each counted, and never beyond the budget',
      'one that outlives runs has its charges again in another process',
    ],
  },

  'looks at the budget for all charges at once': {
    create: broken({ inTurn: false }),
    fails: ['charges at once are each counted, and never beyond the budget'],
  },

  'adds charges under any adjacency': {
    create: broken({ assertTerms: ({ unit }, terms) => parts.assertTerms({ unit, adjacency: terms.adjacency } as Charge, terms) }), // prettier-ignore
    fails: ['a charge under another adjacency is refused, and nothing is written'],
  },

  'adds charges of any unit': {
    create: broken({ assertTerms: ({ adjacency }, terms) => parts.assertTerms({ unit: terms.unit, adjacency } as Charge, terms) }), // prettier-ignore
    fails: ['a charge of another unit is refused, and nothing is written'],
  },

  'takes what it can not price for nothing': {
    create: broken({
      assertWithin: (spent, event, terms) =>
        event.type === 'gaussian' || event.type === 'composed' ? parts.assertWithin(spent, event, terms) : undefined,
    }),
    fails: ['an event that it can not price is refused, and nothing is written'],
  },

  'strikes through the charge that it was given': {
    create: broken({
      assertWithin(spent, event, terms) {
        parts.assertWithin(spent, event, terms);
        if (event.type === 'composed') (event.events as DpEvent[]).pop();
      },
    }),
    fails: ['a charge is left as it was'],
  },

  'says that it outlives runs, and does not': {
    create: broken({ kept: () => [] }),
    fails: ['one that outlives runs has its charges again in another process'],
  },
};
