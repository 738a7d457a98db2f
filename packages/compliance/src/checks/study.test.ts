import { parseWith } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findingOfImages } from '../identifiers/images.js';
import { factsOf } from '../testing/facts.js';
import { declarationsSchema, declarationsTemplate, nothingDeclared } from './declarations.js';
import { checkRules } from './rules/index.js';
import { checkEvent, checkStudy } from './study.js';

const withNames = factsOf({ columns: [{ name: 'last_name', cells: ['Okafor', 'Nilsen', 'Roe'] }] });

describe('checkStudy', () => {
  it('tells each rule once, with how many came to what', () => {
    const { rules, summary } = checkStudy(withNames);
    expect(rules.map(({ id }) => id)).toEqual(checkRules.map(({ id }) => id));
    expect(Object.values(summary).reduce((sum, n) => sum + n)).toBe(rules.length);
    expect(summary.fail).toBe(1);
    expect(rules.find(({ outcome }) => outcome === 'fail')!.id).toBe('hipaa-safe-harbor-a');
  });

  it('tells columns and counts, and no value', () => {
    const report = checkStudy(withNames);
    expect(report.rules[0]!.evidence.join(' ')).toContain('last_name');
    expect(JSON.stringify(report)).not.toMatch(/Okafor|Nilsen/);
    expect(JSON.stringify(report)).not.toMatch(/compliant|certified/i);
  });

  it('has a digest that changes with anything in it', () => {
    const { digest } = checkStudy(withNames);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(checkStudy(withNames).digest).toBe(digest);
    expect(checkStudy({ ...withNames, today: '2026-06-02' }).digest).not.toBe(digest);
  });

  it('leaves out the laws that the study is declared not to be under', () => {
    const { rules } = checkStudy({ ...withNames, declarations: { schemaVersion: 1, laws: ['gdpr'] } });
    const others = rules.filter(({ law }) => law !== 'gdpr');
    expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['not-applicable']));
  });

  it('keeps to a limited data set: dates may stay, under an agreement, and names may not', () => {
    const columns = [
      { name: 'admitted', cells: ['2021-03-12', '2020-11-01'] },
      { name: 'zip', cells: ['02139', '60601', '94110'] },
    ];
    const declarations = { hipaa: { route: 'limited-data-set', reference: 'DUA-1' } } as const;
    const { rules, summary } = checkStudy(factsOf({ columns, declarations }));
    expect(summary.fail).toBe(0);
    expect(rules.find(({ id }) => id === 'hipaa-safe-harbor-c')!.evidence.join(' ')).toContain('may keep: "admitted');
    const named = [...columns, { name: 'email', cells: ['a@example.org', 'b@example.org'] }];
    expect(checkStudy(factsOf({ columns: named, declarations })).summary.fail).toBe(1);
  });

  it('has a person look where nothing tells, such as at pictures in colour', () => {
    const picture = findingOfImages('skin', [64, 64, 3], 9)!;
    const column = { name: 'skin', role: 'feature', cells: 9, findings: [picture] } as const;
    const facts = { ...withNames, tables: [{ hospital: 'north', rows: 9, columns: [column] }] };
    const { outcome, evidence } = checkStudy(facts).rules.find(({ id }) => id === 'hipaa-safe-harbor-q')!;
    expect(outcome).toBe('needs-a-person');
    expect(evidence.join(' ')).toContain('skin');
  });

  it('refuses a rule whose function nobody has', () => {
    const rule = { ...checkRules[0]!, does: { check: 'none' } };
    expect(() => checkStudy(withNames, [rule])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('checkEvent', () => {
  it('is what the log needs: the digest, counts, and which rules failed', () => {
    const report = checkStudy(withNames);
    expect(checkEvent(report)).toMatchObject({
      report: report.digest,
      counts: report.summary,
      failing: ['hipaa-safe-harbor-a'],
    });
  });
});

describe('declarations', () => {
  it('declare nothing in the template, and all of it without its comment signs', () => {
    expect(parseWith(declarationsSchema, parse(declarationsTemplate), 'template')).toEqual(nothingDeclared);
    const filledIn = declarationsTemplate.replace(/^# /gm, '').replace(/^What only .*$/m, '');
    const declared = parseWith(declarationsSchema, parse(filledIn), 'template');
    expect(Object.keys(declared).sort()).toEqual(Object.keys(declarationsSchema.shape).sort());
  });

  it.each([
    ['an unknown member', { schemaVersion: 1, hippa: {} }],
    ['a country in words', { schemaVersion: 1, endpoints: [{ id: 'n', country: 'Germany' }] }],
    ['a date that is none', { schemaVersion: 1, retention: { until: '2030-02-30' } }],
    ['an empty text', { schemaVersion: 1, purpose: ' ' }],
  ])('refuse %s', (_what, declared) => {
    expect(() => parseWith(declarationsSchema, declared, 'declarations')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
