import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEventRules, officialExamples, validateCollection } from './rules.js';
import { validate } from './validate.js';

const data = process.env['FEDWARD_DATA'];
const folder = join(data ?? '', 'fhir-r4-examples');

/** A part of JSON that may be changed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = any;

const local = { reference: '#x' };

/** How an official example is broken, and what that breaks, where. */
const broken: readonly (readonly [string, (event: Loose) => void, string, string])[] = [
  ['without a type', (e) => delete e.type, 'AuditEvent.type', 'min'],
  ['without the moment', (e) => delete e.recorded, 'AuditEvent.recorded', 'min'],
  ['without agents', (e) => delete e.agent, 'AuditEvent.agent', 'min'],
  ['with no agent in the list', (e) => (e.agent = []), 'AuditEvent.agent', 'empty'],
  [
    'an agent of which is not said whether it asked',
    (e) => delete e.agent[1].requestor,
    'AuditEvent.agent[1].requestor',
    'min',
  ],
  ['without an observer', (e) => delete e.source.observer, 'AuditEvent.source.observer', 'min'],
  ['with one agent outside a list', (e) => (e.agent = e.agent[0]), 'AuditEvent.agent', 'array'],
  ['with two sources', (e) => (e.source = [e.source, e.source]), 'AuditEvent.source', 'max'],
  ['with a member that nobody knows', (e) => (e.patient = 'x'), 'AuditEvent.patient', 'unknown'],
  ['with one deep within', (e) => (e.agent[0].network.port = 1), 'AuditEvent.agent[0].network.port', 'unknown'],
  ['with an action that is none', (e) => (e.action = 'X'), 'AuditEvent.action', 'binding'],
  ['with an outcome that is none', (e) => (e.outcome = '1'), 'AuditEvent.outcome', 'binding'],
  [
    'with a kind of network that is none',
    (e) => (e.agent[0].network.type = '9'),
    'AuditEvent.agent[0].network.type',
    'binding',
  ],
  ['with a moment without a time zone', (e) => (e.recorded = '2013-09-22T00:08:00'), 'AuditEvent.recorded', 'regex'],
  ['with a day that is none', (e) => (e.recorded = '2013-09-31T00:08:00Z'), 'AuditEvent.recorded', 'regex'],
  ['with an id of other characters', (e) => (e.id = 'a_b'), 'AuditEvent.id', 'regex'],
  ['with an id that is too long', (e) => (e.id = 'a'.repeat(65)), 'AuditEvent.id', 'regex'],
  ['with a boolean in words', (e) => (e.agent[0].requestor = 'true'), 'AuditEvent.agent[0].requestor', 'type'],
  [
    'with a policy with a space in its address',
    (e) => (e.agent[0].policy = ['a b']),
    'AuditEvent.agent[0].policy[0]',
    'regex',
  ],
  ['with a query that is no base64', (e) => (e.entity[0].query = '%'), 'AuditEvent.entity[0].query', 'regex'],
  [
    'with an entity that has a name and a query',
    (e) => Object.assign(e.entity[0], { name: 'x', query: 'AAAA' }),
    'AuditEvent.entity[0]',
    'sev-1',
  ],
  [
    'with a detail of two values',
    (e) => (e.entity[0].detail = [{ type: 'x', valueString: 'x', valueBase64Binary: 'AAAA' }]),
    'AuditEvent.entity[0].detail[0].value',
    'choice',
  ],
  [
    'with a detail of no value',
    (e) => (e.entity[0].detail = [{ type: 'x' }]),
    'AuditEvent.entity[0].detail[0].value',
    'min',
  ],
  [
    'with a value of another type',
    (e) => (e.entity[0].detail = [{ type: 'x', valueString: 'x', valueInteger: 1 }]),
    'AuditEvent.entity[0].detail[0].valueInteger',
    'unknown',
  ],
  [
    'with a location of another kind',
    (e) => (e.agent[0].location.reference = 'Patient/1'),
    'AuditEvent.agent[0].location.reference',
    'target',
  ],
  ['with a reference to what is not contained', (e) => (e.agent[0].who = local), 'AuditEvent.agent[0].who', 'ref-1'],
  [
    'with something contained that nothing names',
    (e) => (e.contained = [{ resourceType: 'Device', id: 'x' }]),
    'AuditEvent.contained[0]',
    'dom-3',
  ],
  ['with a text that is empty', (e) => (e.outcomeDesc = ''), 'AuditEvent.outcomeDesc', 'regex'],
  ['with an escape in a name', (e) => (e.agent[0].name = 'a\u001b[2J'), 'AuditEvent.agent[0].name', 'regex'],
  ['with an empty object', (e) => (e.agent[0].who = {}), 'AuditEvent.agent[0].who', 'empty'],
  [
    'with a period that ends before it begins',
    (e) => (e.period = { start: '2020', end: '2019' }),
    'AuditEvent.period',
    'per-1',
  ],
  ['with half of a character', (e) => (e.outcomeDesc = 'a\ud800'), 'AuditEvent.outcomeDesc', 'regex'],
  [
    'with an extension of no value',
    (e) => (e.extension = [{ url: 'http://x.org/y' }]),
    'AuditEvent.extension[0]',
    'ext-1',
  ],
  ['with a narrative of no status', (e) => delete e.text.status, 'AuditEvent.text.status', 'min'],
];

describe.skipIf(!data)('the validator of AuditEvents (needs FEDWARD_DATA)', () => {
  const rules = data ? auditEventRules(folder) : undefined!;
  const examples = data ? officialExamples(folder) : [];

  it('knows all elements of the snapshot, and the codes that are required', () => {
    expect(examples).toHaveLength(9);
    expect([...rules.root.children.keys()]).toContain('purposeOfEvent');
    expect([...rules.root.children.get('agent')!.children.get('network')!.children.keys()]).toContain('address');
    expect([...rules.codes.get('http://hl7.org/fhir/ValueSet/audit-event-outcome')!]).toEqual(['0', '4', '8', '12']);
  });

  it('passes the nine official examples', () => {
    for (const [name, event] of examples)
      expect({ name, issues: validate(event, rules) }).toEqual({ name, issues: [] });
  });

  it.each(broken)('fails an event %s', (_, change, path, rule) => {
    const event: Loose = structuredClone(examples.find(([name]) => name.includes('disclosure'))![1]);
    change(event);
    expect(validate(event, rules)).toEqual([{ path, rule }]);
  });

  it('fails what is another resource, or none', () => {
    for (const other of [null, 'x', [], {}, { resourceType: 'Patient' }])
      expect(validate(other, rules)).toEqual([{ path: 'AuditEvent.resourceType', rule: 'type' }]);
  });

  it('fails a Bundle with an entry twice, or with a resource that is broken', () => {
    const entry = { fullUrl: 'https://example.org/AuditEvent/1', resource: examples[0]![1] };
    const collection = { resourceType: 'Bundle', type: 'collection' };
    expect(validateCollection(collection, rules)).toEqual([]);
    expect(validateCollection({ ...collection, entry: [entry] }, rules)).toEqual([]);
    expect(validateCollection({ ...collection, entry: [] }, rules)).toEqual([{ path: 'Bundle.entry', rule: 'empty' }]);
    expect(validateCollection({ ...collection, entry: [entry, entry] }, rules)).toEqual([
      { path: 'Bundle.entry[1]', rule: 'bdl-7' },
    ]);
    const resource = { ...entry.resource, outcome: '7' };
    expect(validateCollection({ ...collection, entry: [{ ...entry, resource }] }, rules)).toEqual([
      { path: 'Bundle.entry[0].AuditEvent.outcome', rule: 'binding' },
    ]);
  });
});
