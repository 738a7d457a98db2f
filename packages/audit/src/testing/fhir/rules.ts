import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeOf, type Issue, type StructureDefinition } from './definition.js';
import { validate, type Rules } from './validate.js';

interface CodeSystem {
  readonly valueSet: string;
  readonly concept: readonly { readonly code: string }[];
}

/** The rules for an AuditEvent, from the published definitions. @param examples folder of FHIR R4's examples */
export function auditEventRules(examples: string): Rules {
  const folder = join(examples, 'definitions');
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const systems = readdirSync(folder).filter((name) => name.startsWith('CodeSystem-'));
  return {
    root: treeOf(read('StructureDefinition-AuditEvent.json') as StructureDefinition),
    codes: new Map(
      systems.map((name) => {
        const { valueSet, concept } = read(name) as CodeSystem;
        return [valueSet, new Set(concept.map(({ code }) => code))];
      }),
    ),
  };
}

/** The nine official AuditEvents, by file. */
export function officialExamples(examples: string): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  return readdirSync(examples)
    .filter((name) => name.startsWith('AuditEvent-'))
    .map((name) => [name, JSON.parse(readFileSync(join(examples, name), 'utf8')) as Readonly<Record<string, unknown>>]);
}

/**
 * Holds a Bundle of AuditEvents to what R4 says of a collection: its type, absolute addresses of its entries, each once
 * (bdl-7), and no empty list.
 */
export function validateCollection(bundle: unknown, rules: Rules): Issue[] {
  const { resourceType, type, entry, ...rest } = bundle as Readonly<Record<string, unknown>>;
  const issues: Issue[] = Object.keys(rest).map((key) => ({ path: `Bundle.${key}`, rule: 'unknown' }));
  if (resourceType !== 'Bundle') issues.push({ path: 'Bundle.resourceType', rule: 'type' });
  if (type !== 'collection') issues.push({ path: 'Bundle.type', rule: 'binding' });
  if (entry === undefined) return issues;
  if (!Array.isArray(entry) || entry.length === 0) return [...issues, { path: 'Bundle.entry', rule: 'empty' }];
  const seen = new Set<unknown>();
  entry.forEach((each: Readonly<Record<string, unknown>>, i) => {
    const path = `Bundle.entry[${i}]`;
    const { fullUrl, resource } = each;
    if (typeof fullUrl !== 'string' || !/^https:\/\/\S+$/.test(fullUrl))
      issues.push({ path: `${path}.fullUrl`, rule: 'regex' });
    if (seen.has(fullUrl)) issues.push({ path, rule: 'bdl-7' });
    seen.add(fullUrl);
    issues.push(...validate(resource, rules).map((issue) => ({ ...issue, path: `${path}.${issue.path}` })));
  });
  return issues;
}
