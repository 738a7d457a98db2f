import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '@fedward/audit';
import type { AuditEventType, JsonObject } from '@fedward/core';
import { signerOf, type Signer } from '@fedward/kit-keys';
import { afterAll, expect, it, vi } from 'vitest';
import { verifyFile } from './verify-file.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-verify-file-'));
afterAll(() => rmSync(parent, { recursive: true }));

const keyOf = (name: string): Signer => signerOf(name, generateKeyPairSync('ed25519').privateKey);
const time = '2026-01-01T00:00:00.000Z';
const root = '0'.repeat(64);
const planHash = `sha256:${'a'.repeat(64)}`;

/** An entry with its proof, of a log that has nothing else. */
async function proved(signer: Signer, type: AuditEventType, round: number, details: JsonObject, clientId?: string) {
  const log = await openAuditLog(mkdtempSync(join(parent, 'log-')), { signer, runId: 'run', fsync: false });
  const event = { type, time, runId: 'run', round, details, ...(clientId !== undefined && { clientId }) };
  const shown = await log.prove((await log.append(event)).index);
  await log.close();
  return { verifierKey: signer.verifierKey, ...shown };
}

/** A round of one hospital, which answered the round before, and so need have cosigned nothing now. */
async function roundOf(server: Signer, hospital: Signer) {
  const answer = { planHash, update: root, serverHead: { index: 0, root } };
  const site = await proved(hospital, 'training', 0, answer, 'north');
  const certified = {
    ...{ planHash, participants: ['north'], dropped: [], model: { before: root, after: root }, epsilon: null },
    ...{ updates: { north: root }, dataSheets: {}, heads: { north: { index: 9, root } } },
  };
  const coordinator = await proved(server, 'round-certified', 1, certified);
  return { version: 1, runId: 'run', round: 1, coordinator, sites: [{ id: 'north', ...site }], witnessed: [] };
}

it('one party answers for no other, though its key is one of those that were given', async () => {
  const [server, north, south] = [keyOf('coordinator'), keyOf('north'), keyOf('south')];
  const keys = [server, north, south].map(({ verifierKey }) => verifierKey);
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  const verified = async (hospital: Signer, json: boolean): Promise<number> => {
    const path = join(parent, 'certificate.json');
    writeFileSync(path, JSON.stringify(await roundOf(server, hospital)));
    text = '';
    return verifyFile(path, keys, json);
  };
  expect(await verified(north, false)).toBe(0);
  expect(text).toMatch(/^north: update 0+, its answer to round 0, entry 1 /m);
  expect(await verified(south, true)).toBe(1);
  expect(JSON.parse(text)).toMatchObject({
    ok: false,
    faults: [{ message: expect.stringMatching(/^north signs with/) }],
  });
  expect(await verified(server, false)).toBe(1);
  expect(text).toMatch(/^DOES NOT HOLD: /);
  vi.restoreAllMocks();
});
