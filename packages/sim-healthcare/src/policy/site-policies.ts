import { canonicalJson, type AuditSink, type SitePolicy } from '@fedward/core';
import { approvalFolder, policyDigest, sitePolicy, verifyApprovals, type PolicyTools } from '@fedward/compliance';
import { keepApprovals } from '../run/run-approvals.js';
import type { RunParts } from '../run/run-parts.js';
import { rulesOf } from './rules.js';
import { subjectAt } from './subjects.js';

type Guarded = Pick<RunParts, 'plan' | 'plugins' | 'simulation' | 'inputs'>;

/**
 * The policy of each hospital of a run; undefined for a run without.
 * @param budgetOf what a hospital's ledger may spend, once it is open
 */
export function policiesOf(
  run: Guarded,
  budgetOf: (id: string) => number | undefined,
): ((id: string) => SitePolicy) | undefined {
  const { policies, approvals } = run.simulation;
  if (!policies) return undefined;
  const store = approvals === undefined ? undefined : approvalFolder(approvals);
  const price = priceOf(run);
  return (id) => {
    const tools: PolicyTools = {
      ...(price && { price }),
      ...(store && { approvals: store }),
      // Of the plan that is asked for, which may be another than the run's.
      subjectOf: ({ planHash }) => ({ ...subjectAt(run, id), plan: planHash }),
      get ledgerBudget() {
        return budgetOf(id);
      },
    };
    return sitePolicy(rulesOf(policies, id)!, tools);
  };
}

/** By the plan's accountant, each price found once; undefined for a plan without. */
export function priceOf({
  plugins: { accountant },
}: {
  readonly plugins: Pick<RunParts['plugins'], 'accountant'>;
}): PolicyTools['price'] {
  if (!accountant) return undefined;
  const known = new Map<string, number>();
  return (event, delta, adjacency) => {
    const key = canonicalJson({ event, delta, adjacency });
    const before = known.get(key);
    if (before !== undefined) return before;
    const one = accountant(adjacency);
    one.compose(event);
    const epsilon = one.epsilon(delta);
    known.set(key, epsilon);
    return epsilon;
  };
}

/**
 * Writes into each hospital's log, at each start of a run, which rules it keeps to, and who has approved what runs there.
 * What is not approved is not in it: the hospital itself refuses it.
 * @param keptIn the folder that approvals are copied to
 */
export async function logPolicies(
  { runId, ...run }: Pick<RunParts, 'runId' | 'plan' | 'inputs' | 'simulation' | 'population'>,
  logOf: (hospital: string) => AuditSink,
  keptIn: string,
): Promise<void> {
  const { policies, approvals } = run.simulation;
  if (!policies) return;
  const counted = new Set<string>();
  for (const clientId of run.population.ids) {
    const rules = rulesOf(policies, clientId)!;
    const time = new Date().toISOString();
    const details = { policy: policyDigest(rules), name: rules.name };
    const audit = logOf(clientId);
    await audit.append({ type: 'policy', time, runId, clientId, details });
    if (!rules.approvals || approvals === undefined) continue;
    const asked = { ...rules.approvals, now: time };
    const { by } = await verifyApprovals(approvalFolder(approvals), subjectAt(run, clientId), asked);
    for (const { digest, key, meaning, time: signed, expires } of by) {
      counted.add(digest);
      await audit.append({
        ...{ type: 'approval', time, runId, clientId },
        details: { approval: digest, key, meaning, signed, ...(expires !== undefined && { expires }) },
      });
    }
  }
  if (approvals !== undefined && counted.size > 0) await keepApprovals(keptIn, approvalFolder(approvals), counted);
}
