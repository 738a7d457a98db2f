import type { RunVerification } from '@fedward/sim-healthcare';
import { afterEach, expect, it, vi } from 'vitest';
import { printRun } from './print-verified.js';

const root = '0'.repeat(64);
const summary = { events: 600, hospitals: 0, trainingEvents: 0, firstTime: null, lastTime: null, eventsByType: {} };
const run: RunVerification = {
  ...{ ok: true, state: 'sealed', runId: 'run', planHash: null, modelParameters: null },
  ...{ files: [], hospitals: [], certified: [], approvals: [], faults: [], unused: [], keys: 'none' },
  log: { ok: true, version: 2, size: 600, root, faults: [], signatures: [], prunedBelow: 0, summary },
};
/** One whose hospitals have logs of their own. */
const signed: Partial<RunVerification> = {
  keys: 'own',
  hospitals: [
    { folder: 'hospitals/north/audit', size: 4, root: '1'.repeat(64) },
  ] as unknown as RunVerification['hospitals'],
};

function printed(changes: Partial<RunVerification>): string {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  printRun('folder', { ...run, ...changes }, undefined);
  return text;
}
afterEach(() => void vi.restoreAllMocks());

it('a run in which nothing is signed says so, and one that is signed by keys that were given does not', () => {
  expect(printed({})).toContain('Nothing in the folder is signed');
  expect(printed({ keys: 'own' })).not.toContain('Nothing in the folder is signed');
  expect(printed({ keys: 'given' })).not.toContain('Nothing in the folder is signed');
});

it('keys that were given and signed nothing are named', () => {
  expect(printed({ keys: 'given', unused: ['west+1+A'] })).toMatch(/signed nothing in this run: west\+1\+A$/m);
  expect(printed({ keys: 'given' })).not.toContain('signed nothing');
});

it('entries that were let go are counted', () => {
  expect(printed({ log: { ...run.log, prunedBelow: 512 } })).toContain('The first 512 entries were let go');
  expect(printed({})).not.toContain('let go');
});

it('does not say that logs are as others noted them where no round is done, and nobody has noted any', () => {
  expect(printed(signed)).toContain('nobody has noted where the logs of others stand');
  expect(printed(signed)).not.toContain('as the other side has noted it');
  expect(printed({ ...signed, certified: [0] as unknown as RunVerification['certified'] })).toContain(
    'as the other side has noted it',
  );
});

it('says that faults may be of the keys that were given', () => {
  const faults = [{ file: 'keys.txt', message: 'the key north is none of those that were given' }];
  const words = 'a party whose key is not in that file';
  expect(printed({ ...signed, faults, ok: false, keys: 'given' })).toContain(words);
  expect(printed({ ...signed, faults, ok: false })).not.toContain(words);
  expect(printed({ ...signed, keys: 'given' })).not.toContain(words);
});
