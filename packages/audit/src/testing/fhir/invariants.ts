import type { Definition, Issue } from './definition.js';

/** A place in a resource. */
interface Place {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/**
 * Invariants of FHIR R4 as code: those of DomainResource (dom-2 to dom-5), of AuditEvent (sev-1), and of the data types
 * (ext-1, per-1, ref-1). ele-1, that an element has a value or children, is in the walk over the elements.
 */
export function invariantsOf(resource: Readonly<Record<string, unknown>>, root: Definition): Issue[] {
  const issues: Issue[] = [];
  const places = placesIn(resource, root.name);
  const report = (path: string, rule: string, holds: boolean): void => void (holds || issues.push({ path, rule }));
  const contained = listOf(resource['contained']);
  const references = new Set(places.map(({ value }) => value['reference']).filter((each) => typeof each === 'string'));
  contained.forEach((value, i) => {
    const path = `${root.name}.contained[${i}]`;
    const meta = recordOf(value['meta']);
    report(path, 'dom-2', value['contained'] === undefined);
    report(path, 'dom-3', references.has(`#${String(value['id'])}`));
    report(path, 'dom-4', meta['versionId'] === undefined && meta['lastUpdated'] === undefined);
    report(path, 'dom-5', meta['security'] === undefined);
  });
  const ids = new Set(contained.map(({ id }) => `#${String(id)}`));
  for (const { value, path } of places) {
    const reference = value['reference'];
    if (typeof reference === 'string' && reference.startsWith('#'))
      report(path, 'ref-1', reference === '#' || ids.has(reference));
    if (value['url'] !== undefined && /\.(modifierE|e)xtension\[\d+\]$/.test(path)) {
      const values = Object.keys(value).filter((key) => key.startsWith('value')).length;
      report(path, 'ext-1', values > 0 !== (value['extension'] !== undefined));
    }
    if (/\.period$/.test(path) && typeof value['start'] === 'string' && typeof value['end'] === 'string')
      report(path, 'per-1', !(Date.parse(value['start']) > Date.parse(value['end'])));
  }
  listOf(resource['entity']).forEach((entity, i) =>
    report(`${root.name}.entity[${i}]`, 'sev-1', entity['name'] === undefined || entity['query'] === undefined),
  );
  return issues;
}

/** Every object in a resource. */
function placesIn(value: unknown, path: string): Place[] {
  if (Array.isArray(value)) return value.flatMap((each, i) => placesIn(each, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return [];
  const own = { value: value as Place['value'], path };
  return [own, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, `${path}.${key}`))];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
