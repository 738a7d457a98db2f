import type { RunVerification } from '@fedward/sim-healthcare';
import { afterEach, expect, it, vi } from 'vitest';
import { printRun } from './print-verified.js';

const root = '0'.repeat(64);
const run: RunVerification = {
  ...{ ok: true, state: 'sealed', runId: 'run', planHash: null, files: [], hospitals: [], certified: [], faults: [] },
  ...{ keys: 'none', unused: [], modelParameters: null },
  log: {
    ...{ ok: true, version: 2, size: 600, root, faults: [], signatures: [], prunedBelow: 0 },
    summary: { events: 600, hospitals: 0, trainingEvents: 0 },
  },
} as unknown as RunVerification;

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
