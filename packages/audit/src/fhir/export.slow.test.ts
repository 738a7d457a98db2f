import type { AuditEvent, AuditEventType, JsonObject } from '@fedward/core';
import { signerOf } from '@fedward/kit-keys';
import fc from 'fast-check';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditLog } from '../open.js';
import { readAuditLog } from '../read.js';
import { collect } from '../testing/collect.js';
import { everyAppended, everyType, secretReason } from '../testing/every-type.js';
import { auditEventRules, validateCollection } from '../testing/fhir/rules.js';
import { validate, type Rules } from '../testing/fhir/validate.js';
import { inDirectory, testSigner } from '../testing/fixtures.js';
import { logged } from '../testing/logged.js';
import { auditEvents, auditFhir, type FhirOptions } from './export.js';
import type { FhirAuditEvent } from './types.js';

const data = process.env['FEDWARD_DATA'];

async function resources(events: readonly AuditEvent[]): Promise<FhirAuditEvent[]> {
  return collect(auditEvents(logged(events)));
}

async function text(events: readonly AuditEvent[], options?: FhirOptions): Promise<string> {
  return (await collect(auditFhir(logged(events), options))).join('');
}

const ofType = async (type: AuditEventType, clientId?: string): Promise<FhirAuditEvent[]> =>
  (await resources(everyType)).filter(
    ({ subtype, source }) => subtype[0]!.code === type && (clientId === undefined || source.site === clientId),
  );

const value = (event: FhirAuditEvent, name: string): string | undefined =>
  event.entity.find((entity) => entity.name === name)?.what.identifier.value;

describe('AuditEvents of a log', () => {
  it('are one for each entry, and one more for what leaves a site', async () => {
    const found = await resources(everyType);
    const leaving = found.filter(({ type }) => type.code === '110106');
    expect(leaving.map(({ subtype }) => subtype[0]!.code)).toEqual([
      ...['update-leaves', 'update-leaves', 'answer-leaves'], // two trainings and a query
      ...['answer-leaves', 'scores-leaves', 'message-leaves'], // two answers repeated and a call
      'refusal', // of an update, by the rules of the host
      'scores-leaves', // an evaluation at a site
    ]);
    const done = found
      .filter(({ subtype }) => !subtype[0]!.code.endsWith('-leaves'))
      .map(({ subtype }) => subtype[0]!.code);
    const told = everyType.map(({ type }) => type).filter((type) => type !== 'answer-repeated' && type !== 'call');
    expect(done).toEqual(told);
  });

  it('call training an application activity that the coordinator asked for', async () => {
    const [training] = await ofType('training');
    expect(training).toMatchObject({
      type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110100' },
      ...{ action: 'E', recorded: '2026-01-01T12:00:09.000Z', outcome: '0' },
      purposeOfEvent: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }] }],
    });
    expect(training).not.toHaveProperty('outcomeDesc');
    expect(
      training!.agent.map(({ role, who, requestor }) => [role[0]!.coding[0]!.code, who.identifier.value, requestor]),
    ).toEqual([
      ['site', 'hospital-0', false],
      ['coordinator', 'hub.example', true],
      ['approver', 'dr.meier', false],
      ['operator', 'olga', false],
    ]);
    expect(value(training!, 'plan')).toBe('a1'.repeat(32));
    expect(value(training!, 'data sheet')).toBe('d4'.repeat(32));
    expect(value(training!, 'run')).toBe('run-1');
    const details = Object.fromEntries(training!.entity[0]!.detail!.map((each) => [each.type, each.valueString]));
    expect(details).toEqual({
      ...{ index: '9', round: '0', samples: '350', simulationOnly: 'true' },
      spent: '33 x Gaussian noise 4.845 on samples of 0.09',
    });
  });

  it('name source and destination of an update that leaves, and the software that sends it', async () => {
    const [, , second] = (await resources(everyType)).filter(({ type }) => type.code === '110106');
    const [, update] = (await resources(everyType)).filter(({ subtype }) => subtype[0]!.code === 'update-leaves');
    expect(
      update!.agent.slice(0, 2).map(({ type, who, name }) => [type.coding[0]!.code, who.identifier.value, name]),
    ).toEqual([
      ['110153', 'hospital-1', '@fedward/core 0.1.0'],
      ['110152', 'hub.example', undefined],
    ]);
    expect(value(update!, 'data sheet')).toBe('e5'.repeat(32));
    expect(second!.subtype[0]!.code).toBe('answer-leaves');
  });

  it('of several logs that are read as one are of who writes each', async () => {
    const opened = (key: string, role: string) => ({
      ...({ type: 'log-opened', time: '2026-01-01T00:00:00Z', runId: 'run' } as const),
      details: { role, key: testSigner(key).verifierKey, software: [] },
    });
    const began = { type: 'round-start', time: '2026-01-01T00:00:01Z', runId: 'run', round: 0, details: {} } as const;
    const of = (log: string, events: readonly AuditEvent[]) => logged(events).map((entry) => ({ ...entry, log }));
    const server = of('coordinator', [opened('server', 'coordinator'), began]);
    const site = of('north', [opened('north', 'site')]);
    const [, , start] = await collect(auditEvents([server[0]!, site[0]!, server[1]!]));
    expect(start!.source.site).toBe('server');
    expect(start!.source.observer.identifier.value).toBe('server');
  });

  it('have exactly one agent each that asked for it', async () => {
    for (const { agent } of await resources(everyType))
      expect(agent.filter(({ requestor }) => requestor)).toHaveLength(1);
    const [approval] = await ofType('approval');
    expect(approval!.agent.find(({ requestor }) => requestor)!.who.identifier.value).toBe('dr.meier');
    const [nobody] = await resources([{ ...everyType[0]!, type: 'approval', details: {} }]);
    expect(nobody!.agent.map(({ requestor }) => requestor)).toEqual([true]);
  });

  it('tell refusals and failures by their code, and no reason that another wrote', async () => {
    const outcomes = (await resources(everyType)).filter(({ outcome }) => outcome !== '0');
    expect(outcomes.map(({ outcome, outcomeDesc }) => [outcome, outcomeDesc])).toEqual([
      ['8', 'refusal: POLICY_REFUSED'],
      ['8', 'refusal: POLICY_REFUSED'],
      ['8', 'refusal: BUDGET_EXCEEDED'],
      ['4', 'dropout: DEADLINE_PASSED'],
      ['4', 'round-failure: QUORUM_NOT_MET'],
      ['4', 'log-recovery'],
      ['8', 'run-failure: UNEXPECTED'],
    ]);
    expect(await text(everyType)).not.toContain(secretReason.slice(0, 6));
    const code = `NO\u0000T ${secretReason}`;
    const spent = { type: 'repeated', count: 1, event: { type: secretReason } };
    expect(await text([{ ...everyType[0]!, type: 'refusal', details: { code, spent, rule: code } }])).not.toContain(
      'Erika',
    );
  });

  it('tell of an update that a rule held back as an export that failed, with the rule', async () => {
    const refusals = await ofType('refusal', 'hospital-1');
    expect(refusals.map(({ type, outcome, agent }) => [type.code, outcome, agent[0]!.type.coding[0]!.code])).toEqual([
      ['110100', '8', '110150'],
      ['110106', '8', '110153'],
    ]);
    expect(refusals[1]!.entity[0]!.detail).toContainEqual({ type: 'rule', valueString: 'minimum-records' });
  });

  it('name models, updates, data sheets and heads of a certified round by their digests', async () => {
    const [certified] = await ofType('round-certified');
    expect(certified!.entity.slice(3).map(({ name, role }) => [name, role.display])).toEqual([
      ['model.before', 'Domain Resource'],
      ['model.after', 'Domain Resource'],
      ['dataSheets.hospital-0', 'Data Repository'],
      ['updates.hospital-0', 'Domain Resource'],
      ['heads.hospital-0.root', 'Security Resource'],
    ]);
    const many = { ...Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`u${n}`, 'ab'.repeat(32)])) };
    const [large] = await resources([{ ...everyType[0]!, type: 'round-certified', details: many }]);
    expect(large!.entity).toHaveLength(2 + 64);
  });

  it('say that a check failed only where a rule did', async () => {
    const outcome = async (details: JsonObject): Promise<string> =>
      (await resources([{ ...everyType[0]!, type: 'check', details }]))[0]!.outcome;
    expect(await outcome({ counts: { pass: 3, 'needs-a-person': 9 } })).toBe('0');
    expect(await outcome({ counts: { pass: 3, fail: 1 } })).toBe('8');
    expect(await outcome({ ok: false })).toBe('8');
  });

  it('have ids that follow from the leaf hash, and are the same each time', async () => {
    const found = await resources(everyType);
    expect(found).toEqual(await resources(everyType));
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    const training = logged(everyType)[9]!;
    expect(found.filter(({ id }) => id.startsWith(training.hash.slice(0, 48))).map(({ id }) => id.slice(48))).toEqual([
      ...['-event', '-export'],
    ]);
  });

  it('of entries that are wanted know what those that are not have said', async () => {
    const filters = { types: ['training'], hospital: 'hospital-0' };
    const [training, ...rest] = await collect(auditEvents(logged(everyType), filters));
    expect(rest).toHaveLength(1);
    expect(value(training!, 'plan')).toBe('a1'.repeat(32));
    expect(training!.agent).toHaveLength(4);
  });

  it('name an approver no longer once the approval is taken back', async () => {
    const at = everyType.findIndex(({ type }) => type === 'approval');
    const back = { ...everyType[at]!, details: { ...everyType[at]!.details, action: 'revoke' } };
    const found = await resources(everyType.toSpliced(at + 1, 0, back));
    const training = found.find(({ subtype }) => subtype[0]!.code === 'training')!;
    expect(training.agent.map(({ role }) => role[0]!.coding[0]!.code)).not.toContain('approver');
  });

  it('are a resource a line, or a Bundle', async () => {
    const lines = (await text(everyType)).trimEnd().split('\n');
    const found = await resources(everyType);
    expect(lines.map((each) => JSON.parse(each) as unknown)).toEqual(found);
    const bundle = JSON.parse(await text(everyType, { bundle: true })) as { entry: { resource: unknown }[] };
    expect(bundle.entry.map(({ resource }) => resource)).toEqual(found);
    expect(JSON.parse(await text([], { bundle: true }))).toEqual({ resourceType: 'Bundle', type: 'collection' });
    expect(await text([])).toBe('');
  });
});

describe.skipIf(!data)('AuditEvents against the published definition (needs FEDWARD_DATA)', () => {
  const rules: Rules = data ? auditEventRules(join(data, 'fhir-r4-examples')) : undefined!;

  it('are valid for an event of every type, as a log on disk holds them', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, {
        ...{ signer: testSigner('hub.example'), role: 'coordinator', operator: testSigner('olga').verifierKey },
        software: [{ name: 'node', version: '24.1.0' }],
      });
      await Promise.all(everyAppended.map((event) => log.append(event)));
      await log.rotate(signerOf('hub.example', generateKeyPairSync('ed25519').privateKey));
      await log.close();
      const types = new Set<string>();
      for await (const resource of auditEvents(readAuditLog(directory))) {
        expect({ id: resource.id, issues: validate(resource, rules) }).toEqual({ id: resource.id, issues: [] });
        types.add(resource.subtype[0]!.code);
      }
      const told = everyType
        .map(({ type }) => type)
        .filter((type) => !['answer-repeated', 'call', 'log-pruned'].includes(type));
      expect([...types].filter((type) => !type.endsWith('-leaves')).sort()).toEqual([...new Set(told)].sort());
    }));

  it('are valid in a Bundle', async () => {
    for (const events of [[], everyType])
      expect(validateCollection(JSON.parse(await text(events, { bundle: true })), rules)).toEqual([]);
  });

  it('are valid whatever names, details and moments a log holds', async () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', ' ', '\u001b[2J', 'sha256:', 'constructor'),
    );
    const digest = fc.constantFrom('ab'.repeat(32), `sha256:${'cd'.repeat(32)}`);
    const json = fc.oneof(
      anyText,
      digest,
      fc.integer(),
      fc.constant(null),
      fc.array(anyText),
      fc.dictionary(anyText, digest),
    );
    const keys = [
      'planHash',
      'dataSheet',
      'spent',
      'samples',
      'code',
      'software',
      'key',
      'approver',
      'sites',
      'privacy',
      'rounds',
      'role',
    ];
    const event = fc.record(
      {
        type: fc.constantFrom(...everyType.map(({ type }) => type), 'yet-unknown' as AuditEventType),
        time: fc.constantFrom('2026-01-01T00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000123Z'),
        runId: anyText,
        round: fc.nat(),
        clientId: anyText,
        details: fc.dictionary(fc.oneof(fc.constantFrom(...keys), anyText), json),
      },
      { requiredKeys: ['type', 'time', 'runId', 'details'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 6 }), async (events) => {
        const entries = events.map((each, index) => ({ event: each as AuditEvent, index, hash: 'ab'.repeat(32) }));
        for await (const resource of auditEvents(entries)) expect(validate(resource, rules)).toEqual([]);
      }),
    );
  });
});
