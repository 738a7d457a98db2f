import { digestJson, type Json, type JsonObject } from '@fedward/core';
import { verdictOf } from './does/index.js';
import type { CheckFacts, Law, Outcome, Rule } from './facts.js';
import { checkRules } from './rules/index.js';

/** What one rule came to. */
export interface CheckedRule {
  readonly id: string;
  readonly law: Law;
  readonly citation: string;
  readonly title: string;
  readonly version: string;
  readonly outcome: Outcome;
  /** What was looked at. */
  readonly looked: string;
  readonly evidence: readonly string[];
  readonly doesNotShow: string;
}

/** How many rules came to what. */
export type CheckSummary = Readonly<Record<Outcome, number>>;

/**
 * What all rules came to: a record of what was looked at, and no statement that any law is kept to. Its evidence counts cells, which
 * are facts about patients: it is for the sites whose data were looked at. What a log has of it (`checkEvent`) has no such counts.
 */
export interface CheckReport {
  readonly schemaVersion: 1;
  readonly planHash: string;
  /** The day of the check. */
  readonly date: string;
  readonly rules: readonly CheckedRule[];
  readonly summary: CheckSummary;
  /** `sha256:` and the digest of all the rest (RFC 8785). */
  readonly digest: string;
}

/**
 * Looks at a study rule by rule.
 * @param rules others, or newer ones, in place of those that come with the package
 * @throws {FedwardError} CONFIG_INVALID for a rule whose function nobody has
 */
export function checkStudy(facts: CheckFacts, rules: readonly Rule[] = checkRules): CheckReport {
  const checked = rules.map((rule) => checkedRule(rule, facts));
  const count = (outcome: Outcome): number => checked.filter((rule) => rule.outcome === outcome).length;
  const summary: CheckSummary = {
    pass: count('pass'),
    fail: count('fail'),
    'needs-a-person': count('needs-a-person'),
    'not-applicable': count('not-applicable'),
  };
  const report = { schemaVersion: 1, planHash: facts.planHash, date: facts.today, rules: checked, summary } as const;
  return { ...report, digest: digestJson(report as unknown as Json) };
}

function checkedRule(rule: Rule, facts: CheckFacts): CheckedRule {
  const { id, law, citation, title, version, looksAt: looked, doesNotShow } = rule;
  const { laws } = facts.declarations;
  const { outcome, evidence } =
    laws && !laws.includes(law)
      ? { outcome: 'not-applicable' as const, evidence: [`Declared: the study is under ${laws.join(' and ')}.`] }
      : verdictOf(rule, facts);
  return { id, law, citation, title, version, outcome, looked, evidence, doesNotShow };
}

/** The details of an event `check` of the log: what the check came to, and the digest by which its report is known. */
export function checkEvent({ digest, date, summary, rules }: CheckReport): JsonObject {
  const idsOf = (outcome: Outcome): string[] => rules.filter((rule) => rule.outcome === outcome).map(({ id }) => id);
  return {
    report: digest,
    date,
    counts: { ...summary },
    failing: idsOf('fail'),
    needsAPerson: idsOf('needs-a-person'),
  };
}
