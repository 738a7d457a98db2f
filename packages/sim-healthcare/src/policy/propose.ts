import { existsSync } from 'node:fs';
import { approvalFolder, proposalDigest, type Proposal } from '@fedward/compliance';
import { FedwardError } from '@fedward/core';
import { checkedNow } from '../run/checked-run.js';
import type { SimulationHooks } from '../run/carry-out.js';
import type { SimulateOptions } from '../run/options.js';
import { checkOf } from '../run/run-check.js';
import { planRun } from '../run/planned-run.js';
import { withChoice } from '../validate/with-choice.js';
import { proposalOfRun } from './subjects.js';

/** A run that was proposed instead of carried out. */
export interface ProposedRun {
  readonly file: string;
  readonly digest: string;
  readonly proposal: Proposal;
}

/**
 * Checks a run whole, and writes what it would be at each hospital into a folder of approvals, where it waits for people to
 * look at it. Nothing is trained, but for settings that are to be chosen.
 * @throws {FedwardError} as `simulate` before it begins
 */
export async function proposeRun(
  options: SimulateOptions,
  directory: string,
  hooks: SimulationHooks = {},
): Promise<ProposedRun> {
  const planned = await withChoice(await planRun(options, 'proposed'), options, hooks);
  if (!planned.population.tabulated)
    throw new FedwardError('CONFIG_INVALID', `--propose: ${options.scenario} has too many hospitals to ask each`, '--propose'); // prettier-ignore
  await checkedNow(planned, options);
  await checkOf(planned);
  const inbox = approvalFolder(directory);
  const [beside] = existsSync(directory) ? await inbox.proposals() : [];
  const proposal = proposalOfRun(planned, new Date().toISOString(), beside?.proposal.nonce);
  const file = await inbox.addProposal(proposal);
  return { file, digest: proposalDigest(proposal), proposal };
}
