import { didYouMean, FedwardError } from '@fedward/core';
import { parseSitePolicy, type SitePolicyRules } from '@fedward/compliance';
import type { Population } from '../scenario/scenario.js';

/** By which all hospitals are meant that have no policy of their own. */
export const everyHospital = '*';

/** By hospital, or `everyHospital`. */
export type Policies = Readonly<Record<string, SitePolicyRules>>;

/** @throws {FedwardError} CONFIG_INVALID naming the hospital and the key */
export function parsePolicies(policies: Readonly<Record<string, unknown>>): Policies {
  const of = (id: string): string => (id === everyHospital ? '--policy' : `--policy: that of ${id}`);
  return Object.fromEntries(Object.entries(policies).map(([id, rules]) => [id, parseSitePolicy(rules, of(id))]));
}

export function rulesOf(policies: Policies, id: string): SitePolicyRules | undefined {
  if (Object.hasOwn(policies, id)) return policies[id];
  return Object.hasOwn(policies, everyHospital) ? policies[everyHospital] : undefined;
}

/**
 * @throws {FedwardError} CONFIG_INVALID for a hospital without a policy where others have one, for a policy of no hospital,
 *   and for plans that have to be approved where nobody says where they are
 */
export function assertPolicies(
  { policies, approvals }: { readonly policies?: Policies | undefined; readonly approvals?: string | undefined },
  { ids }: Pick<Population, 'ids'>,
): void {
  if (!policies) {
    if (approvals === undefined) return;
    throw invalid('--approvals', 'no policy asks for approvals: give --policy too');
  }
  const unknown = Object.keys(policies).find((id) => id !== everyHospital && !ids.includes(id));
  if (unknown !== undefined) throw invalid('--policy', `there is no hospital ${unknown}${didYouMean(unknown, ids)}`);
  const without = ids.find((id) => !rulesOf(policies, id));
  if (without !== undefined) throw invalid('--policy', `there is no policy of ${without}`);
  const asking = ids.some((id) => rulesOf(policies, id)!.approvals);
  if (asking && approvals === undefined)
    throw invalid('--approvals', 'plans have to be approved: say in which folder they are');
  if (!asking && approvals !== undefined) throw invalid('--approvals', 'no policy asks for approvals');
}

function invalid(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}
