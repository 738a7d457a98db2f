import { digestJson, type PolicyRefusal, type SitePolicy } from '@fedward/core';
import { declaredRules } from './declared-rules.js';
import { leavingRules } from './leaving-rules.js';
import type { PolicyTools, Rule, Verdict } from './rule.js';
import type { SitePolicyRules } from './schema.js';
import { spendingRules } from './spending-rules.js';
import { workRules } from './work-rules.js';

/** In the order in which they are asked: what is cheap and tells nothing first, the records and the folder of approvals last. */
const rulesInOrder: readonly Rule[] = inOrder([...declaredRules, ...workRules, ...spendingRules, ...leavingRules]);

/** Names of all rules, in the order in which they are asked. */
export const policyRuleNames: readonly string[] = rulesInOrder.map(({ name }) => name);

/**
 * A host's rules, to be put around its site (`policy` of `createSite`). The first rule that has something against what is
 * asked, or against what is about to leave, refuses it. A rule that can't be evaluated refuses, and one that fails throws,
 * which core takes for a refusal.
 * @param tools what the rules need and can't know: prices, approvals, the budget of the ledger
 */
export function sitePolicy(rules: SitePolicyRules, tools: PolicyTools = {}): SitePolicy {
  const first = async (verdictOf: (rule: Rule) => Verdict | Promise<Verdict>): Promise<PolicyRefusal | undefined> => {
    for (const rule of rulesInOrder) {
      const verdict = await verdictOf(rule);
      if (verdict) return { rule: rule.name, ...verdict };
    }
    return undefined;
  };
  return {
    name: rules.name,
    digest: policyDigest(rules),
    admits: (asked) => first((rule) => rule.admits?.(rules, asked, tools)),
    releases: (leaving) => first((rule) => rule.releases?.(rules, leaving)),
  };
}

/** `sha256:` and the digest of the rules, defaults included. */
export function policyDigest(rules: SitePolicyRules): string {
  return digestJson(rules);
}

function inOrder(rules: readonly Rule[]): readonly Rule[] {
  const last = ['minimumRecords', 'approvals'];
  return [...rules].sort((a, b) => last.indexOf(a.name) - last.indexOf(b.name));
}
