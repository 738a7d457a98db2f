import type { Json } from '@fedward/core';
import type { LoggedDecision, PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft, PackTable } from '../statement.js';

/** Who approved what, and which rules of hospitals and checks there were before the run. */
export function approvals({ approvals: approved, policies, checks, copies, run }: PackFacts): Draft {
  return {
    name: 'approvals',
    title: 'Approvals, policies and checks',
    clauses: [
      ...['hipaa-164.308(a)(8)', 'hipaa-164.312(d)', 'hipaa-164.316(b)(1)'],
      ...['gdpr-5(1)(b)', 'gdpr-5(2)', 'gdpr-25', 'gdpr-28', 'gdpr-35', 'ehds-61', 'ehds-68'],
    ],
    contributes:
      'which approvals of this plan, by its hash, each hospital found when it began, by which keys, and under which rules of its own',
    doesNotShow: [
      'who holds a key, and that whoever signed had read what was signed',
      'that whoever approved was entitled to',
      'signatures: hospitals held notes against the keys in their policies, and logged what counted. `fedward plan inbox DIR --keys FILE` looks again',
    ],
    lacking: [
      ...(approved.length === 0
        ? ['approvals: none were asked for. `fedward simulate --approvals DIR` runs only what is approved']
        : []),
      ...(policies.length === 0
        ? ['policies: no hospital had rules of its own. `fedward simulate --policy FILE` gives it some']
        : []),
      ...(checks.length === 0
        ? ['checks: none are in the log. `fedward simulate --check` looks before its first round']
        : []),
    ],
    needsPerson: [
      'say whose each key is, and by what right they approve',
      'name the impact assessment, if there is one',
    ],
    statements: [
      { says: `The plan has the hash ${run.planHash}.`, fact: 'plan', value: run.planHash },
      {
        says: 'The log is of this plan.',
        ...{ command: 'fedward audit verify "$RUN" --json', pointer: '/run/planHash', expect: run.planHash },
      },
      {
        says: `In the logs: ${counted(approved.length, 'entry')} about approvals, one for each approval at each hospital.`,
        fact: 'approvals',
        value: approved.length,
      },
      {
        says: `In the logs: ${counted(policies.length, 'policy')} of hospitals.`,
        fact: 'policies',
        value: policies.length,
      },
      { says: `In the log: ${counted(checks.length, 'outcome')} of checks.`, fact: 'checks', value: checks.length },
    ],
    tables: [
      ...tableOf('Approvals', approved),
      ...tableOf('Policies of hospitals', policies),
      ...tableOf('Checks before the run', checks),
    ],
    attachments: copies.filter(({ file }) => file === 'check-outcomes.json' || file.startsWith('approvals/')),
  };
}

function tableOf(caption: string, decisions: readonly LoggedDecision[]): PackTable[] {
  if (decisions.length === 0) return [];
  return [
    {
      caption,
      head: ['Time', 'Hospital', 'What the log says'],
      rows: decisions.map(({ time, hospital, details }) => [time, hospital ?? 'all', wordsOf(details)]),
    },
  ];
}

function wordsOf(details: Readonly<Record<string, Json>>): string {
  return Object.entries(details)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}
