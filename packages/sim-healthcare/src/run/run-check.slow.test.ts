import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckReport } from '@fedward/compliance';
import { digestJson, sha256, type Json } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsIn, rewriteLog } from '../testing/run-events.js';
import { csvFolder } from '../testing/csv-study.js';
import { checkText } from '../report/check-text.js';
import { proposeRun } from '../policy/propose.js';
import type { SimulationResult } from './result.js';
import { resumeSimulation, simulate } from './simulate.js';
import { verifyRun } from './verify-run.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-run-check-'));
const dataDir = csvFolder({ north: 24, south: 20 });
const options = { ...{ scenario: 'csv', dataDir, rounds: 2, local: false, workers: 1 }, check: 'stop' } as const;
const failing = { schemaVersion: 1, retention: { until: '2020-01-01' } };
const whole = join(parent, 'whole');
let result: SimulationResult;
beforeAll(async () => {
  result = await simulate({ ...options, declared: { schemaVersion: 1, purpose: 'to test' } }, whole);
});
afterAll(() => [parent, dataDir].forEach((folder) => rmSync(folder, { recursive: true })));

const reportIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'check.json'), 'utf8')) as CheckReport;

/** A run that was stopped after its first round. */
async function stoppedRun(name: string): Promise<string> {
  const folder = join(parent, name);
  const stop = new AbortController();
  const hooks = { signal: stop.signal, onRound: () => stop.abort() };
  await expect(simulate(options, folder, hooks)).rejects.toMatchObject({ code: 'ABORTED' });
  return folder;
}

describe('a run that is checked', () => {
  it('leaves the report to its owner alone, and tells its log what came of it before the first round', async () => {
    const { digest, ...report } = reportIn(whole);
    expect(digest).toBe(digestJson(report as unknown as Json));
    expect(report.planHash).toBe(result.planHash);
    expect(statSync(join(whole, 'check.json')).mode & 0o777).toBe(0o600);
    const events = await eventsIn(join(whole, 'audit'));
    const types = events.map(({ type }) => type);
    expect(types.indexOf('check')).toBeLessThan(types.indexOf('run-start'));
    expect(events.find(({ type }) => type === 'check')!.details).toEqual({
      ...result.check,
      file: sha256(readFileSync(join(whole, 'check.json'))),
    });
    expect(result.check).toMatchObject({ report: digest, counts: report.summary, failing: [] });
    expect(checkText(result)).toContain(`${report.summary.pass} rules pass, 0 fail, `);
    expect(readFileSync(join(whole, 'report.html'), 'utf8')).toContain(checkText(result));
  });

  it('says of its logs what they are: signed, and one at each hospital', () => {
    const said = JSON.stringify(reportIn(whole).rules.filter(({ id }) => /audit|integrity/.test(id)));
    expect(said).toContain('signed');
    expect(said).not.toMatch(/not signed|unsigned/);
  });

  it('is stopped by a rule that fails, which is named, with nothing written; or goes on where it is to be told alone', async () => {
    const out = join(parent, 'failing');
    const stopped = simulate({ ...options, declared: failing }, out);
    await expect(stopped).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: '--check' });
    await expect(stopped).rejects.toThrow(/1 of \d+ rules fail: gdpr-storage\..*--check warn/);
    expect(existsSync(out)).toBe(false);
    const inbox = join(parent, 'inbox');
    await expect(proposeRun({ ...options, declared: failing }, inbox)).rejects.toThrow('gdpr-storage');
    expect(existsSync(inbox)).toBe(false);
    const told = await simulate({ ...options, declared: failing, check: 'warn' }, out);
    expect(told.check).toMatchObject({ failing: ['gdpr-storage'], counts: { fail: 1 } });
    expect(checkText(told)).toContain('1 fail (gdpr-storage)');
    expect(await verifyRun(out)).toMatchObject({ ok: true, state: 'sealed' });
  });

  it('needs declarations that are some; without --check they are for policies alone', async () => {
    const declared = { purpose: 'no version' };
    await expect(simulate({ ...options, declared }, join(parent, 'odd'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' }); // prettier-ignore
    const { check: _, ...unchecked } = options;
    const run = await simulate({ ...unchecked, declared }, join(parent, 'unchecked'));
    expect([run.check, checkText(run), existsSync(join(parent, 'unchecked', 'check.json'))]).toEqual([undefined, undefined, false]); // prettier-ignore
  });

  it('is found to be another, gone, or put there later', async () => {
    const of = async (name: string, change: (folder: string) => void) => {
      const folder = join(parent, name);
      cpSync(whole, folder, { recursive: true });
      change(folder);
      const { ok, faults } = await verifyRun(folder);
      return { ok, files: faults.map(({ file }) => file) };
    };
    const found = { ok: false, files: ['check.json'] };
    const edited = (folder: string) =>
      writeFileSync(join(folder, 'check.json'), readFileSync(join(folder, 'check.json'), 'utf8').replace('"pass"', '"fail"')); // prettier-ignore
    expect(await of('edited', edited)).toEqual(found);
    expect(await of('gone', (folder) => rmSync(join(folder, 'check.json')))).toEqual(found);
    expect(await of('swapped', (folder) => cpSync(join(parent, 'failing/check.json'), join(folder, 'check.json')))).toEqual(found); // prettier-ignore
    const later = join(parent, 'later');
    cpSync(join(parent, 'unchecked'), later, { recursive: true });
    cpSync(join(whole, 'check.json'), join(later, 'check.json'));
    expect(await verifyRun(later)).toMatchObject({ ok: false, faults: [{ file: 'check.json' }] });
  });

  it('keeps what was found when it began, where it is gone on with', async () => {
    const folder = await stoppedRun('stopped');
    const text = readFileSync(join(folder, 'check.json'));
    expect(await verifyRun(folder)).toMatchObject({ ok: true, state: 'unfinished' });
    for (const harm of [
      () => writeFileSync(join(folder, 'check.json'), '{}'),
      () => rmSync(join(folder, 'check.json')),
    ]) {
      harm();
      expect((await verifyRun(folder)).faults.map(({ file }) => file)).toContain('check.json');
      await expect(resumeSimulation(folder, {}, { workers: 1 })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', subject: join(folder, 'check.json') }); // prettier-ignore
    }
    writeFileSync(join(folder, 'check.json'), text);
    const resumed = await resumeSimulation(folder, {}, { workers: 1 });
    expect(resumed.check!.report).toBe(reportIn(folder).digest);
    expect((await eventsIn(join(folder, 'audit'))).filter(({ type }) => type === 'check')).toHaveLength(1);
    expect(await verifyRun(folder)).toMatchObject({ ok: true, state: 'sealed' });
  });

  it('whose log tells of no check may not have one', async () => {
    const folder = await stoppedRun('unlogged');
    await rewriteLog(folder, 'audit', 'coordinator', (event) => (event.type === 'check' ? undefined : event));
    const { faults } = await verifyRun(folder);
    expect(faults).toContainEqual({ file: 'check.json', message: 'the log says nothing of it' });
  });
});
