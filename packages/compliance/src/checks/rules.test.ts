import { describe, expect, it } from 'vitest';
import { factsOf } from '../testing/facts.js';
import { verdictOf } from './does/index.js';
import { checkRules } from './rules/index.js';

describe.each(checkRules.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
  it.each(rule.cases.map((one) => [one.name, one] as const))('%s', (_name, { given, outcome }) => {
    const verdict = verdictOf(rule, factsOf(given));
    expect(verdict.outcome, verdict.evidence.join(' ')).toBe(outcome);
    expect(verdict.evidence.length).toBeGreaterThan(0);
  });

  it('says what it looks at and what a pass does not show, and has cases of several outcomes', () => {
    for (const text of [rule.citation, rule.title, rule.looksAt, rule.doesNotShow]) expect(text).not.toBe('');
    expect(new Set(rule.cases.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
  });
});

describe('the rules', () => {
  it('have an id each', () => {
    expect(new Set(checkRules.map(({ id }) => id)).size).toBe(checkRules.length);
  });

  it('have all eighteen letters of Safe Harbor', () => {
    const letters = checkRules.flatMap(
      ({ citation }) => /164\.514\(b\)\(2\)\(i\)\(([A-R])\)/.exec(citation)?.[1] ?? [],
    );
    expect(letters.join('')).toBe('ABCDEFGHIJKLMNOPQR');
  });

  it('never pass on what is not declared', () => {
    const decided = ['hipaa-integrity', 'hipaa-audit-controls', 'hipaa-transmission', 'hipaa-authentication'];
    const passed = checkRules.filter((rule) => verdictOf(rule, factsOf({})).outcome === 'pass');
    expect(passed.map(({ id }) => id).filter((id) => !decided.includes(id))).toEqual([]);
  });
});
