import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, verifyAuditLog } from '@fedward/audit';
import { sha256 } from '@fedward/core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cardFiles } from '../cards/files.js';
import { csvFolder } from '../testing/csv-study.js';
import { rewriteLog } from '../testing/run-events.js';
import { signerIn } from './key-files.js';
import type { SimulationResult } from './result.js';
import { resumeSimulation, simulate } from './simulate.js';
import { verifyRun } from './verify-run.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-verify-'));
const options = {
  ...{ scenario: 'csv', dataDir: csvFolder({ north: 24, south: 20 }), rounds: 2 },
  ...{ local: false, workers: 1 },
};
const [whole, other] = [join(parent, 'whole'), join(parent, 'other')];
let result: SimulationResult;

beforeAll(async () => {
  result = await simulate(options, whole);
  await simulate(options, other); // the same plan, the same data, the same model: another run
});

let copies = 0;
/** A run's folder to do harm to. */
function copy(of = whole): string {
  const folder = join(parent, `copy-${copies++}`);
  cpSync(of, folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'latin1');
  const after = change(before);
  expect(after, file).not.toBe(before);
  writeFileSync(path, after, 'latin1');
}

describe('verifyRun', () => {
  it('says of a run that all is as it was left, and by which digests', async () => {
    const found = await verifyRun(whole);
    expect(found).toMatchObject({ ok: true, state: 'sealed', faults: [], runId: result.runId });
    expect(found.planHash).toBe(result.planHash);
    expect(found.files.map(({ file }) => file)).toEqual([
      'plan.json',
      'result.json',
      'model.safetensors',
      'report.html',
      'preprocessing.json',
      'model-card.md',
      'model-card.html',
      'model-card.json',
      'tripod-ai.md',
      'keys.txt',
    ]);
    for (const { file, sha256: digest, logged } of found.files) {
      expect(digest).toBe(sha256(readFileSync(join(whole, file))));
      expect(logged).toBe(digest);
    }
    expect(found.modelParameters).toBe(result.model.sha256);
    expect(found.log.root).toBe(result.audit.sealed?.root);
    expect(found.log.size).toBe(result.audit.sealed?.entries);
    expect(found.hospitals.map(({ id }) => id)).toEqual(['north', 'south']);
    expect(found.certified).toEqual([0, 1]);
    expect(found.keys).toBe('own');
    const sizes = [found.log, ...found.hospitals].reduce((all, { size }) => all + size, 0);
    expect(sizes).toBe(result.audit.sealed?.events);
  });

  it('has files of one run whose digests tell nothing of what is in them: each has a number that nobody knows', () => {
    const read = (folder: string) => ({
      ofResult: (JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as SimulationResult).nonce,
      ofReport: /name="nonce" content="([0-9a-f]{64})"/.exec(readFileSync(join(folder, 'report.html'), 'utf8'))![1],
    });
    expect(read(whole).ofResult).toMatch(/^[0-9a-f]{64}$/);
    expect(read(whole).ofReport).toBe(read(whole).ofResult);
    expect(read(other).ofResult).not.toBe(read(whole).ofResult);
    // That of plan.json is another: who is given a result is not given digests of data to try out.
    expect(readFileSync(join(whole, 'plan.json'), 'utf8')).not.toContain(read(whole).ofResult);
  });

  it('takes the roots that a run tells: that of its end, and that of its seal', async () => {
    const { root, events, entries } = result.audit;
    expect(JSON.parse(readFileSync(join(whole, 'result.json'), 'utf8'))).toMatchObject({
      audit: { root, events, entries, logs: 3, certificates: 2, hospitals: 2, trainingEvents: 4 },
    });
    expect(readFileSync(join(whole, 'result.json'), 'utf8')).not.toContain(result.audit.sealed!.root);
    expect(await verifyRun(whole, { expectedRoot: root })).toMatchObject({ ok: true, log: { expectedSize: entries } });
    expect(await verifyRun(whole, { expectedRoot: result.audit.sealed!.root })).toMatchObject({
      ok: true,
      log: { expectedSize: entries! + 1 },
    });
    expect((await verifyRun(other, { expectedRoot: root })).ok).toBe(false);
  });

  const weight = (text: string): string => `${text.slice(0, -1)}${text.endsWith('\x01') ? '\x02' : '\x01'}`;
  const harm: [what: string, file: string, change: (folder: string) => void][] = [
    ['a weight was changed', 'model.safetensors', (folder) => edit(folder, 'model.safetensors', weight)],
    [
      "the model's metadata were changed",
      'model.safetensors',
      (folder) =>
        edit(folder, 'model.safetensors', (text) => text.replace('"planHash":"sha256:', '"planHash":"sha257:')),
    ],
    [
      'a figure of the result was changed',
      'result.json',
      (folder) => edit(folder, 'result.json', (text) => text.replace(/"accuracy": [0-9.]+/, '"accuracy": 0.99')),
    ],
    [
      'white space was added to the result',
      'result.json',
      (folder) => edit(folder, 'result.json', (text) => `${text} `),
    ],
    ['the plan was changed', 'plan.json', (folder) => edit(folder, 'plan.json', (text) => text.replace('csv', 'CSV'))],
    [
      'the report was changed',
      'report.html',
      (folder) => edit(folder, 'report.html', (text) => text.replace('0.', '1.')),
    ],
    ...['plan.json', 'result.json', 'model.safetensors', 'report.html', 'model-card.json'].map(
      (file): [string, string, (folder: string) => void] => [
        `${file} was removed`,
        file,
        (folder) => rmSync(join(folder, file)),
      ],
    ),
    ...['plan.json', 'result.json', 'report.html'].map((file): [string, string, (folder: string) => void] => [
      `${file} of another run of the same plan was put in`,
      file,
      (folder) => cpSync(join(other, file), join(folder, file)),
    ]),
    ...['keys.txt', 'witness', 'certificates/round-0001.json', 'hospitals/south/witness'].map(
      (file): [string, string, (folder: string) => void] => [
        `${file} of another run was put in`,
        file,
        (folder) => cpSync(join(other, file), join(folder, file)),
      ],
    ),
    [
      'a certificate was removed',
      'certificates/round-0000.json',
      (folder) => rmSync(join(folder, 'certificates/round-0000.json')),
    ],
    [
      "a hospital's log was removed",
      'hospitals/north/audit',
      (folder) => rmSync(join(folder, 'hospitals/north/audit'), { recursive: true }),
    ],
    [
      "another run's log was put in",
      'audit',
      (folder) => {
        rmSync(join(folder, 'audit'), { recursive: true });
        cpSync(join(other, 'audit'), join(folder, 'audit'), { recursive: true });
      },
    ],
  ];
  it.each(harm)('finds that %s, and names %s', async (_, file, change) => {
    const folder = copy();
    change(folder);
    const found = await verifyRun(folder);
    expect(found.ok).toBe(false);
    expect(found.faults.map((fault) => fault.file)).toContain(file);
  });

  it("finds another run's log in a folder whose files agree with it", async () => {
    const folder = copy(other);
    cpSync(join(whole, 'plan.json'), join(folder, 'plan.json'));
    const { ok, faults } = await verifyRun(folder);
    expect(ok).toBe(false);
    expect(faults.map(({ file }) => file)).toEqual(expect.arrayContaining(['plan.json', 'audit']));
  });

  it('finds entries behind the seal', async () => {
    const folder = copy();
    const signer = (await signerIn(join(folder, 'keys'), 'coordinator'))!;
    const log = await openAuditLog(join(folder, 'audit'), { signer });
    const time = '2026-01-01T00:00:00.000Z';
    await log.append({ type: 'evaluation', time, runId: result.runId, details: {} });
    await log.close();
    expect(await verifyRun(folder)).toMatchObject({ ok: false, faults: [{ file: 'audit' }] });
  });

  it('finds a changed log as before', async () => {
    const folder = copy();
    const tile = readdirSync(join(folder, 'audit/tile/entries/000.p'))[0]!;
    edit(folder, `audit/tile/entries/000.p/${tile}`, (text) => text.replace('"participants":', '"participated":'));
    const found = await verifyRun(folder);
    expect(found.ok).toBe(false);
    expect(found.log.faults[0]).toMatchObject({ file: `tile/entries/000.p/${tile}` });
  });

  it('takes a run that was killed as it opened its logs, and misses those that it had met', async () => {
    for (const [last, missed] of [
      ['run-planned', []],
      ['run-start', ['north', 'south']],
    ] as const) {
      const folder = copy();
      let over = false;
      await rewriteLog(folder, 'audit', 'coordinator', (event) => {
        const kept = over ? undefined : event;
        over ||= event.type === last;
        return kept;
      });
      for (const part of readdirSync(folder))
        if (!['audit', 'keys', 'keys.txt', 'plan.json'].includes(part)) rmSync(join(folder, part), { recursive: true });
      expect(await verifyRun(folder)).toMatchObject({
        ...{ ok: missed.length === 0, state: 'unfinished' },
        faults: missed.map((id) => ({ file: `hospitals/${id}/audit`, message: 'the log is missing' })),
      });
    }
  });

  it('misses a certificate also of a run that was stopped, but of the last round', async () => {
    const folder = copy();
    let over = false;
    await rewriteLog(folder, 'audit', 'coordinator', (event) => {
      const kept = over ? undefined : event;
      over ||= event.type === 'round-certified' && event.round === 1;
      return kept;
    });
    for (const file of ['certificates', 'hospitals', 'witness']) rmSync(join(folder, file), { recursive: true });
    const missing = async (): Promise<string[]> => {
      const { faults } = await verifyRun(folder);
      return faults.map(({ file }) => file).filter((file) => file.startsWith('certificates/'));
    };
    expect(await missing()).toEqual(['certificates/round-0000.json', 'certificates/round-0001.json']);
    rmSync(join(folder, 'result.json'));
    expect(await missing()).toEqual(['certificates/round-0000.json']);
    await rewriteLog(folder, 'audit', 'coordinator', (event) =>
      event.type === 'round-start' && event.round === 1 ? { ...event, round: 0 } : event,
    );
    expect(await missing()).toEqual([]); // round 0 was begun once more, and may have failed then
  });

  it('takes a run with a hospital that is called as the coordinator is', async () => {
    const folder = join(parent, 'namesake');
    await simulate({ ...options, dataDir: csvFolder({ coordinator: 20, north: 20 }) }, folder);
    expect(await verifyRun(folder)).toMatchObject({ ok: true, certified: [0, 1], log: { faults: [] }, faults: [] });
  });

  it('names a folder in the place of a file', async () => {
    const folder = copy();
    for (const file of ['witness', 'certificates/round-0001.json']) {
      rmSync(join(folder, file));
      mkdirSync(join(folder, file));
    }
    const { faults } = await verifyRun(folder);
    expect(faults.map(({ file }) => file)).toEqual(expect.arrayContaining(['witness', 'certificates/round-0001.json']));
  });

  it('says of a run that was stopped that it is not finished, and still finds a forged plan', async () => {
    const folder = join(parent, 'stopped');
    const stop = new AbortController();
    const stopped = simulate(options, folder, { signal: stop.signal, onRound: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await verifyRun(folder)).toMatchObject({ ok: true, state: 'unfinished', faults: [] });
    cpSync(join(whole, 'report.html'), join(folder, 'report.html'));
    expect(await verifyRun(folder)).toMatchObject({ ok: false, faults: [{ file: 'report.html' }] });
    cpSync(join(whole, 'plan.json'), join(folder, 'plan.json')); // with a digest that is right
    const { faults } = await verifyRun(folder);
    expect(faults.map(({ file }) => file)).toEqual(expect.arrayContaining(['plan.json', 'audit']));
    await expect(resumeSimulation(folder)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
  });

  it('finds another model in a run that ended and was not sealed, by the weights that it ended with', async () => {
    const folder = copy();
    await rewriteLog(folder, 'audit', 'coordinator', (event) => (event.type === 'run-sealed' ? undefined : event));
    expect(await verifyRun(folder)).toMatchObject({ ok: false, state: 'unsealed', faults: [] });
    edit(folder, 'model.safetensors', weight);
    edit(folder, 'result.json', (text) => text.replace(result.model.sha256, '0'.repeat(64)));
    const { faults } = await verifyRun(folder);
    expect(faults.map(({ file }) => file)).toEqual(['model.safetensors', 'result.json']);
  });

  it('takes a run of a version that wrote no cards, and no card that was put there later', async () => {
    const folder = copy();
    for (const file of cardFiles) rmSync(join(folder, file));
    await rewriteLog(folder, 'audit', 'coordinator', (event) => {
      const sealed = Object.entries(Object(event.details['sha256']) as Record<string, string>);
      const kept = sealed.filter(([file]) => !(cardFiles as readonly string[]).includes(file));
      return event.type === 'run-sealed'
        ? { ...event, details: { ...event.details, sha256: Object.fromEntries(kept) } }
        : event;
    });
    expect(await verifyRun(folder)).toMatchObject({ ok: true, state: 'sealed', faults: [] });
    cpSync(join(whole, 'model-card.md'), join(folder, 'model-card.md'));
    expect(await verifyRun(folder)).toMatchObject({ ok: false, faults: [{ file: 'model-card.md' }] });
  });

  it('does not call a run of an older version verified', async () => {
    const folder = copy();
    const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...plan, schemaVersion: 1 }));
    rmSync(join(folder, 'audit'), { recursive: true });
    const log = await openAuditLog(join(folder, 'audit'));
    await log.append({
      ...{ type: 'run-start', time: '2026-01-01T00:00:00.000Z', runId: result.runId },
      details: { planHash: result.planHash },
    });
    await log.close();
    expect(await verifyRun(folder)).toMatchObject({ ok: false, state: 'older' });
    expect((await verifyAuditLog(join(folder, 'audit'))).ok).toBe(true);
  });
});
