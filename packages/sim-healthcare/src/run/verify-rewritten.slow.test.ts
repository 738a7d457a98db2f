import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWitness, verifyAuditLog } from '@fedward/audit';
import { sha256, type JsonObject } from '@fedward/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { rewriteLog } from '../testing/run-events.js';
import { namedIn, twoRuns } from '../testing/two-runs.js';
import { verifierKeysIn } from './run-keys.js';
import { verifyRun } from './verify-run.js';

let runs: Awaited<ReturnType<typeof twoRuns>>;
beforeAll(async () => {
  runs = await twoRuns();
  return () => runs.remove();
});

describe('keys', () => {
  it('that are given are those of the run, or it is said which are not', async () => {
    const keys = verifierKeysIn(readFileSync(join(runs.one, 'keys.txt'), 'utf8'));
    expect(await verifyRun(runs.one, { keys })).toMatchObject({ ok: true, keys: 'given' });
    expect([...(await namedIn(runs.one, { keys: keys.slice(0, 2) }))]).toEqual(
      expect.arrayContaining(['keys.txt', 'hospitals/south/audit', 'certificates/round-0000.json']),
    );
    const others = verifierKeysIn(readFileSync(join(runs.ownKeys, 'keys.txt'), 'utf8'));
    expect((await namedIn(runs.one, { keys: others })).has('audit')).toBe(true);
  });
});

describe('a log that its owner wrote anew, and signed again', () => {
  it("is found by what any one site has noted: the coordinator's", async () => {
    const folder = runs.copyOf(runs.ownKeys);
    await rewriteLog(folder, 'audit', 'coordinator', (event) =>
      event.type === 'evaluation' && event.round === 0 ? { ...event, details: { metrics: { accuracy: 1 } } } : event,
    );
    const key = readFileSync(join(folder, 'keys.txt'), 'utf8').split('\n')[0]!;
    // By itself nothing is wrong with it.
    expect(await verifyAuditLog(join(folder, 'audit'), { keys: [key] })).toMatchObject({ ok: true });
    for (const id of ['north', 'south']) {
      const alone = runs.copyOf(folder);
      const noted = await readWitness(join(alone, 'hospitals', id, 'witness'));
      const heads = noted.map(({ checkpoint, cosignature }) => checkpoint + cosignature);
      const found = await verifyAuditLog(join(alone, 'audit'), { keys: [key], heads });
      expect(found.ok).toBe(false);
      // Whatever else the coordinator takes away or makes fit.
      for (const part of ['witness', 'certificates', `hospitals/${id === 'north' ? 'south' : 'north'}`])
        rmSync(join(alone, part), { recursive: true });
      const { log } = await verifyRun(alone);
      expect(log.faults.map(({ message }) => message)).toContainEqual(
        expect.stringContaining(`hospitals/${id}/witness`),
      );
      rmSync(join(alone, 'hospitals'), { recursive: true });
      expect(await verifyRun(alone, { heads })).toMatchObject({ log: { ok: false } });
    }
  });

  it("is found by what the server has noted: a hospital's", async () => {
    const folder = runs.copyOf(runs.ownKeys);
    await rewriteLog(folder, 'hospitals/north/audit', 'north', (event) =>
      event.type === 'data' ? { ...event, details: { rows: 'withheld' } } : event,
    );
    const { ok, faults } = await verifyRun(folder);
    expect(ok).toBe(false);
    expect(faults).toContainEqual({
      file: 'hospitals/north/audit/checkpoint',
      message: expect.stringMatching(/kept by (witness|certificates)/),
    });
  });
});

describe('what the coordinator alone says', () => {
  /** Takes away what hospitals noted, and lets the server's log say that there never was any. */
  const withoutNotes = async (folder: string, seal: (details: JsonObject) => JsonObject): Promise<void> => {
    rmSync(join(folder, 'certificates'), { recursive: true });
    for (const file of ['witness', 'hospitals/north/witness', 'hospitals/south/witness']) rmSync(join(folder, file));
    await rewriteLog(folder, 'audit', 'coordinator', (event) => {
      if (event.type === 'evaluation' && event.round === 0) return { ...event, details: { metrics: { accuracy: 1 } } };
      return event.type === 'run-sealed' ? { ...event, details: seal(event.details) } : event;
    });
  };

  it('is held against the heads that hospitals were shown, by their own logs', async () => {
    const folder = runs.copyOf(runs.ownKeys);
    await withoutNotes(folder, ({ logs, ...details }) => ({
      ...{ ...details, certificates: {}, witness: null },
      logs: Object.fromEntries(
        Object.entries(logs as JsonObject).map(([id, end]) => [id, { ...(end as JsonObject), witness: null }]),
      ),
    }));
    const { log } = await verifyRun(folder);
    for (const id of ['north', 'south'])
      expect(log.faults.map(({ message }) => message)).toContainEqual(
        expect.stringContaining(`kept by hospitals/${id}/audit`),
      );
  });

  it('is nothing where the keys of hospitals are given that took part, and nothing of theirs is there', async () => {
    const folder = runs.copyOf(runs.ownKeys);
    const keys = verifierKeysIn(readFileSync(join(folder, 'keys.txt'), 'utf8'));
    const list = `${keys[0]}\n`;
    writeFileSync(join(folder, 'keys.txt'), list);
    await withoutNotes(folder, ({ sha256: files, ...details }) => ({
      ...{ ...details, sha256: { ...(files as JsonObject), 'keys.txt': sha256(list) } },
      ...{ certificates: {}, witness: null, logs: {} },
    }));
    await rewriteLog(folder, 'audit', 'coordinator', (event) =>
      event.type === 'run-start' ? { ...event, details: withoutKeys(event.details) } : event,
    );
    rmSync(join(folder, 'hospitals'), { recursive: true });
    const alone = await verifyRun(folder);
    expect(alone.faults.map(({ file }) => file)).not.toContainEqual(expect.stringContaining('hospitals'));
    const { faults, unused } = await verifyRun(folder, { keys: [...keys, newKey] });
    for (const id of ['north', 'south'])
      expect(faults).toContainEqual({
        file: `hospitals/${id}/audit`,
        message: `a key of ${id} was given, and the run has nothing that it signed`,
      });
    expect(unused).toEqual([...keys.slice(1), newKey]);
  });
});

const newKey = 'west+7a2a3b6c+AfMMmJVkTO5mE3dWQXDtm7PFkHGaGvyUgjGEaJbU0zMk';

function withoutKeys({ sites, ...details }: JsonObject): JsonObject {
  const anonymous = (sites as JsonObject[]).map((site) => ({ ids: site['ids']! }));
  return { ...details, sites: anonymous };
}
