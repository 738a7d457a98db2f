import { approvalFolder, verifyApprovals } from '@fedward/compliance';
import { FedwardError } from '@fedward/core';
import type { SimulateOptions } from '../run/options.js';
import { planRun } from '../run/planned-run.js';
import { rulesOf } from './rules.js';
import { asProposed, subjectAt } from './subjects.js';

/**
 * Before a run begins that must not go without any of its hospitals: that each has approved it whose host asks for that. Else
 * hospitals refuse by themselves, and a run goes on with the others.
 * @param option that the caller gave
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming hospitals and why; as `simulate` before it begins
 */
export async function assertApproved(options: SimulateOptions, option: string): Promise<void> {
  const { planned, population } = await asProposed(await planRun(options, 'approved'));
  const { policies, approvals } = planned.simulation;
  if (!policies || approvals === undefined) return;
  const store = approvalFolder(approvals);
  const now = new Date().toISOString();
  const refusals: string[] = [];
  for (const id of population.ids) {
    const asks = rulesOf(policies, id)?.approvals;
    const verdict = asks && (await verifyApprovals(store, subjectAt(planned, id), { ...asks, now }));
    if (verdict && !verdict.ok) refusals.push(`${id}: ${verdict.why}`);
  }
  if (refusals.length === 0) return;
  const message = `${option}: what would run is not approved: ${refusals.join('; ')}`;
  throw new FedwardError('CONFIG_INCOMPATIBLE', message, option);
}
