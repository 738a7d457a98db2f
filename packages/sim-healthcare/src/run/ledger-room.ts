import { composeEvents, FedwardError, type DpEvent } from '@fedward/core';
import { previewLedger, type LedgerOptions } from '@fedward/privacy-dp/ledger';
import type { RunParts } from './run-parts.js';

/** Of more rounds the events are not listed beforehand; each round is refused by itself all the same. */
const mostRounds = 100_000;

/**
 * A round that is refused in the middle of a run leaves what was spent before it, and no model to show for it: so all
 * rounds are priced before the first. Nothing is written.
 *
 * @param id of the hospital
 * @param options of its ledger, with a budget where there is none yet
 * @throws {FedwardError} BUDGET_EXCEEDED naming the hospital
 */
export async function assertRoom(
  { plan, plugins }: Pick<RunParts, 'plan' | 'plugins'>,
  id: string,
  folder: string,
  options: LedgerOptions,
): Promise<void> {
  // Who is asked how often is not known before, unless it is everybody.
  if (plan.cohort.select !== 'all' || plan.rounds > mostRounds) return;
  const events = Array.from({ length: plan.rounds }, (_, round): readonly DpEvent[] =>
    plugins.mechanisms.flatMap((mechanism) => mechanism.event?.({ plan, round }) ?? []),
  );
  const after = (rounds: number) =>
    previewLedger(folder, options, composeEvents({ type: 'composed', events: events.slice(0, rounds).flat() }));
  const { before, after: whole, terms } = await after(plan.rounds);
  const { budget, delta, accountant } = terms;
  if (whole <= budget) return;
  let [fit, refused] = [0, plan.rounds];
  while (refused - fit > 1) {
    const middle = Math.floor((fit + refused) / 2);
    if ((await after(middle)).after <= budget) fit = middle;
    else refused = middle;
  }
  throw new FedwardError(
    'BUDGET_EXCEEDED',
    `--ledger: the ${plan.rounds} rounds of this run would take ${id} from epsilon ${before.toPrecision(5)} to ${whole.toPrecision(5)}, its budget over ` +
      `all studies is ${budget} (delta ${delta}, accountant ${accountant}): ` +
      (fit > 0 ? `${fit} of them are within it` : 'not one is within it') +
      '. Nothing was released. Take fewer rounds or more noise; a ledger that is yet to be made can have another --budget, ' +
      'and where nothing is sampled --accountant gaussian is the tightest',
    id,
  );
}
