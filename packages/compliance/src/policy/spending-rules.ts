import { isTrainingPlan, type Asked } from '@fedward/core';
import { openly, type Rule, type Verdict } from './rule.js';

/** What a record, a patient, a hospital is in: what protects the larger protects the smaller. */
const units = ['record', 'patient', 'hospital'] as const;

/** What is spent of the site's data. */
export const spendingRules: readonly Rule[] = [
  {
    name: 'requireSecretNoise',
    admits({ requireSecretNoise }, { simulationOnly }) {
      if (!requireSecretNoise || !simulationOnly) return undefined;
      return openly('noise and sampling come from a seed: run it with --secure-noise');
    },
  },
  {
    name: 'maximumEpsilon',
    admits({ maximumEpsilon }, asked, { price, ledgerBudget }) {
      if (!maximumEpsilon) return undefined;
      const { perRun, inAll, delta, unit } = maximumEpsilon;
      const { plan, eventOfPlan, adjacency, keepsLedger } = asked;
      if (!plan.privacy || !eventOfPlan || !adjacency)
        return openly(`nothing in the plan has a price, and an epsilon of ${perRun} a run is the most: add a privacy mechanism that has one`); // prettier-ignore
      if (units.indexOf(plan.privacy.unit) < units.indexOf(unit))
        return openly(`the plan protects a ${plan.privacy.unit}, here it is a ${unit}: set privacy.unit`);
      if (plan.privacy.delta === undefined || plan.privacy.delta > delta)
        return openly(`privacy.delta is ${plan.privacy.delta}, the most here is ${delta}`);
      if (!price) return openly('what the plan spends can’t be priced here');
      const epsilon = price(eventOfPlan, delta, adjacency);
      // A price that is no number is no bound.
      if (!(epsilon <= perRun))
        return openly(`all rounds together spend epsilon ${epsilon} at delta ${delta}, the most here is ${perRun}: fewer rounds or more noise`); // prettier-ignore
      return inAll === undefined ? notScored(asked) : (withinLedger(inAll, keepsLedger, ledgerBudget) ?? notScored(asked)); // prettier-ignore
    },
  },
];

function withinLedger(inAll: number, keepsLedger: boolean, budget: number | undefined): Verdict {
  if (!keepsLedger) return openly(`over all runs the most is epsilon ${inAll}, which only a ledger can keep to: run it with --ledger`); // prettier-ignore
  if (budget !== undefined && budget <= inAll) return undefined;
  return openly(`the ledger's budget is ${budget ?? 'not known'}, the most here is ${inAll}`);
}

/** Scores that the plan does not ask for are in no price of the plan. */
function notScored({ kind, plan, round }: Asked): Verdict {
  if (kind !== 'evaluation') return undefined;
  const every = isTrainingPlan(plan) ? plan.evaluation?.every : undefined;
  const due = every !== undefined && round !== undefined && ((round + 1) % every === 0 || round === plan.rounds - 1);
  return due ? undefined : openly(`the plan asks for no scores in round ${round}: its price has none of them`);
}
