import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatEntryProof, openAuditLog, proveEntry, readAuditLog } from '@fedward/audit';
import {
  createLayout,
  createParameters,
  digestTensors,
  encodeSafetensors,
  sha256,
  type AuditEventType,
  type JsonObject,
} from '@fedward/core';
import { signerOf, type Signer } from '@fedward/kit-keys';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyAction } from './audit-action.js';
import { verifyResult } from './verify-result.js';
import { verifyStudy } from './verify-study.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-verify-study-'));
afterAll(() => rmSync(parent, { recursive: true }));

const keyOf = (name: string): Signer => signerOf(name, generateKeyPairSync('ed25519').privateKey);
const [server, north] = [keyOf('heart/coordinator'), keyOf('north')];
const values = Float32Array.of(1, 2);
const weights = createParameters(createLayout([{ name: 'w', shape: [2] }]), values);
const after = digestTensors(weights);
const root = '0'.repeat(64);
const planHash = `sha256:${'a'.repeat(64)}`;

interface Entry {
  readonly log: string;
  readonly signer: Signer;
  readonly type: AuditEventType;
  readonly round: number;
  readonly details: JsonObject;
  readonly clientId?: string;
}

async function proved({ log: at, signer, ...event }: Entry) {
  const log = await openAuditLog(at, { signer, runId: 'heart-1', fsync: false });
  const { index } = await log.append({ ...event, time: '2026-01-01T00:00:00.000Z', runId: 'heart-1' });
  const shown = await log.prove(index);
  await log.close();
  return { verifierKey: signer.verifierKey, ...shown };
}

let folder = '';
const sealed = ['study.json', 'result.json', 'report.txt', 'model.safetensors', 'keys.txt'];

/** The folder of a study of one hospital and one round. */
beforeEach(async () => {
  folder = mkdtempSync(join(parent, 'study-'));
  const answer = { planHash, update: root, serverHead: { index: 0, root } };
  const site = await proved({ log: mkdtempSync(join(parent, 'log-')), signer: north, type: 'training', round: 0, details: answer, clientId: 'north' }); // prettier-ignore
  const details = {
    ...{ planHash, participants: ['north'], dropped: [], model: { before: root, after }, epsilon: 1.5 },
    ...{ updates: { north: root }, dataSheets: {}, heads: { north: { index: 9, root } } },
  };
  const coordinator = await proved({ log: join(folder, 'audit'), signer: server, type: 'round-certified', round: 1, details }); // prettier-ignore
  const certificate = { version: 1, runId: 'heart-1', round: 1, coordinator, sites: [{ id: 'north', ...site }], witnessed: [] }; // prettier-ignore
  mkdirSync(join(folder, 'certificates'));
  const json = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  json('certificates/round-0001.json', certificate);
  json('study.json', { id: 'heart-1' });
  json('result.json', { planHash, model: { sha256: after }, privacy: { epsilon: 1.5 } });
  writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors([{ name: 'w', shape: [2], values }], {}));
  writeFileSync(join(folder, 'keys.txt'), `${server.verifierKey}\n${north.verifierKey}\n`);
  writeFileSync(join(folder, 'report.txt'), 'a report\n');
  await seal();
});

/** As the coordinator does it at a study's end. */
async function seal(): Promise<void> {
  const digest = (name: string) => sha256(readFileSync(join(folder, name)));
  const details = {
    sha256: Object.fromEntries(sealed.map((name) => [name, digest(name)])),
    certificates: { 'round-0001.json': digest('certificates/round-0001.json') },
    witness: null,
  };
  await proved({ log: join(folder, 'audit'), signer: server, type: 'run-sealed', round: 1, details });
}

describe('the folder of a study across hospitals', () => {
  it('holds, by its own keys and by keys that are given', async () => {
    expect(await verifyStudy(folder, {})).toMatchObject({
      ok: true,
      faults: [],
      certified: [1],
      model: after,
      keys: 'own',
    });
    const keys = [server.verifierKey, north.verifierKey];
    expect(await verifyStudy(folder, { keys })).toMatchObject({ ok: true, keys: 'given' });
    let text = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
    expect(await verifyAction(folder, {})).toBe(0);
    vi.restoreAllMocks();
    expect(text).toMatch(/^verified: /);
  });

  it.each([
    [
      'other weights',
      'model.safetensors',
      () => encodeSafetensors([{ name: 'w', shape: [2], values: Float32Array.of(1, 3) }], {}),
    ],
    ['another result', 'result.json', () => JSON.stringify({ planHash, model: { sha256: root } })],
    ['another plan', 'result.json', () => JSON.stringify({ planHash: 'sha256:1', model: { sha256: after }, privacy: { epsilon: 1.5 } })], // prettier-ignore
    ['a smaller epsilon', 'result.json', () => JSON.stringify({ planHash, model: { sha256: after }, privacy: { epsilon: 0.5 } })], // prettier-ignore
    ['no epsilon', 'result.json', () => JSON.stringify({ planHash, model: { sha256: after }, privacy: null })],
    [
      'a certificate that says otherwise',
      'certificates/round-0001.json',
      (text: string) => text.replace('"north"', '"south"'),
    ],
    [
      'a certificate under another round',
      'certificates/round-0002.json',
      () => readFileSync(join(folder, 'certificates/round-0001.json')),
    ],
    ['another study', 'study.json', () => JSON.stringify({ id: 'heart-2' })],
    ['a witness that is none', 'witness', () => 'nothing\n'],
    ['without the key of the hospital', 'keys.txt', () => `${server.verifierKey}\n`],
    ['without the key of the coordinator', 'keys.txt', () => `${north.verifierKey}\n`],
  ] as const)('does not hold with %s', async (_, name, changed) => {
    const path = join(folder, name);
    const before = name === 'certificates/round-0001.json' ? readFileSync(path, 'utf8') : '';
    writeFileSync(path, changed(before));
    expect((await verifyStudy(folder, {})).ok).toBe(false);
  });

  it.each([...sealed, 'certificates/round-0001.json'])(
    'does not hold with one other byte in %s, which it names',
    async (name) => {
      // A space more: what is read from it is the same.
      writeFileSync(join(folder, name), Buffer.concat([readFileSync(join(folder, name)), Buffer.from(' ')]));
      const { ok, faults } = await verifyStudy(folder, {});
      expect([ok, faults.map(({ file }) => file)]).toEqual([false, expect.arrayContaining([name])]);
    },
  );

  it('does not hold with a result that no seal vouches for, and with entries behind the seal', async () => {
    await proved({ log: join(folder, 'audit'), signer: server, type: 'round-start', round: 2, details: {} });
    expect((await verifyStudy(folder, {})).faults).toEqual([
      { file: 'audit', message: 'there are entries behind the seal' },
    ]);
    await seal();
    expect((await verifyStudy(folder, {})).ok).toBe(true);
    rmSync(join(folder, 'audit'), { recursive: true });
    await proved({ log: join(folder, 'audit'), signer: server, type: 'round-start', round: 1, details: {} });
    const { faults } = await verifyStudy(folder, {});
    expect(faults).toContainEqual({ file: 'report.txt', message: expect.stringContaining('no seal') as string });
  });

  it('holds where it begins with the weights that it says, and with no others', async () => {
    const startsFrom = async (initial: string) => {
      writeFileSync(join(folder, 'study.json'), JSON.stringify({ id: 'heart-1', initial }));
      await seal();
      return (await verifyStudy(folder, {})).faults;
    };
    expect(await startsFrom(`sha256:${root}`)).toEqual([]);
    const message = `it starts from the weights sha256:${after}, the first certificate begins with sha256:${root}`;
    expect(await startsFrom(`sha256:${after}`)).toEqual([{ file: 'study.json', message }]);
  });

  it('does not hold with weights to start from that the seal does not name', async () => {
    writeFileSync(join(folder, 'initial.safetensors'), 'x');
    expect((await verifyStudy(folder, {})).faults).toEqual([{ file: 'initial.safetensors', message: 'the seal says nothing of it' }]); // prettier-ignore
  });

  it('does not hold with a result whose certificates are gone', async () => {
    rmSync(join(folder, 'certificates', 'round-0001.json'));
    const { ok, faults } = await verifyStudy(folder, {});
    expect([ok, faults.map(({ file }) => file)]).toEqual([false, expect.arrayContaining(['certificates'])]);
  });
});

/** Of the log's last entry. */
async function sealProof(): Promise<string> {
  let size = 0;
  for await (const { index } of readAuditLog(join(folder, 'audit'))) size = index + 1;
  return formatEntryProof(await proveEntry(join(folder, 'audit'), size - 1));
}

describe('the result of a study, given away with its seal', () => {
  let out = '';
  beforeEach(async () => {
    out = mkdtempSync(join(parent, 'out-'));
    for (const name of sealed) copyFileSync(join(folder, name), join(out, name));
    writeFileSync(join(out, 'seal.proof'), await sealProof());
  });

  it('holds, by its own keys and by keys that are given', async () => {
    expect(await verifyResult(out, undefined)).toMatchObject({
      ok: true,
      study: 'heart-1',
      files: sealed,
      keys: 'own',
    });
    expect(await verifyResult(out, [server.verifierKey])).toMatchObject({ ok: true, keys: 'given' });
    expect(await verifyResult(out, [north.verifierKey])).toMatchObject({ ok: false, study: null });
    let text = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
    expect(await verifyAction(out, {})).toBe(0);
    vi.restoreAllMocks();
    expect(text).toMatch(/^verified: .*\nthe result of study heart-1/);
  });

  it.each([...sealed, 'seal.proof'])('does not hold with one other byte in %s, which it names', async (name) => {
    const bytes = readFileSync(join(out, name));
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(join(out, name), bytes);
    const { ok, faults } = await verifyResult(out, [server.verifierKey]);
    expect([ok, faults.map(({ file }) => file)]).toEqual([false, [name]]);
  });

  it('does not hold without one of its files, nor by another entry of the log', async () => {
    writeFileSync(join(out, 'seal.proof'), formatEntryProof(await proveEntry(join(folder, 'audit'), 0)));
    expect((await verifyResult(out, undefined)).faults).toEqual([{ file: 'seal.proof', message: 'it does not hold: it is no seal' }]); // prettier-ignore
    writeFileSync(join(out, 'seal.proof'), await sealProof());
    rmSync(join(out, 'report.txt'));
    expect((await verifyResult(out, undefined)).faults).toEqual([{ file: 'report.txt', message: 'it is gone: the seal names it' }]); // prettier-ignore
  });
});
