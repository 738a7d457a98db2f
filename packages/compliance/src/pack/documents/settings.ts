import { digestJson, type Json } from '@fedward/core';
import type { PackFacts } from '../facts.js';
import type { Draft } from '../statement.js';

/** The whole plan, what it was run on, and what a simulation does beside it. */
export function settings({ plan, inputs, simulation, run }: PackFacts): Draft {
  return {
    name: 'settings',
    title: 'Settings',
    clauses: ['hipaa-164.316(b)(1)', 'gdpr-5(1)(b)', 'gdpr-5(2)', 'gdpr-28', 'ehds-61'],
    contributes: 'everything that the result depends on: plan, software, split, preprocessing, data by digest',
    doesNotShow: ['the data themselves: a digest shows that data are the same, and nothing else'],
    lacking:
      'population' in inputs && inputs['population'] !== null
        ? []
        : ['inputs: this scenario does not say what it is made of'],
    needsPerson: [],
    statements: [
      {
        says: `The plan has the hash ${run.planHash}.`,
        ...{ command: 'fedward audit verify "$RUN" --json', pointer: '/run/planHash', expect: run.planHash },
      },
      {
        says: `It is for the scenario ${run.scenario}, with the seed ${run.seed}.`,
        fact: 'scenario',
        value: run.scenario,
      },
      { says: 'The seed, from which all that is not secret is drawn.', fact: 'seed', value: run.seed },
      { says: 'The digest of plan.json in this pack, as canonical JSON.', fact: 'plan.json', value: digestJson(plan) },
    ],
    tables: [
      { caption: 'The plan', head: ['Key', 'Value'], rows: flat(plan) },
      { caption: 'Beside the plan', head: ['Key', 'Value'], rows: flat(simulation) },
      { caption: 'Inputs', head: ['Key', 'Value'], rows: flat(inputs) },
    ],
    attachments: [{ file: 'plan.json', content: JSON.stringify(plan, null, 2) + '\n' }],
  };
}

/** A row for each value, by its path with dots. */
function flat(value: Json, path = ''): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && value.length > 8))
    return [[path, JSON.stringify(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return path === '' ? [] : [[path, JSON.stringify(value)]];
  return entries.flatMap(([key, member]) => flat(member as Json, path === '' ? key : `${path}.${key}`));
}
