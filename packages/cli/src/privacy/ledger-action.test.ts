import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '@fedward/privacy-dp/ledger';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ledgerAction, rangesOf } from './ledger-action.js';

it('shows rounds as ranges', () => {
  expect(rangesOf([])).toBe('');
  expect(rangesOf([3])).toBe('3');
  expect(rangesOf([0, 1, 2, 7, 4, 5])).toBe('0-2, 4-5, 7');
});

it('tells nobody the digest of the data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dataDigest = `sha256:${'5a'.repeat(32)}`;
  const terms = { dataSet: 'north', dataDigest, unit: 'record', adjacency: 'add-or-remove-one' } as const;
  await openLedger(join(folder, 'north'), { ...terms, delta: 1e-5, budget: 1 });
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  for (const json of [true, false]) expect(await ledgerAction(folder, { json })).toBe(0);
  const text = written.mock.calls.map(([piece]) => String(piece)).join('');
  expect(text).toContain('"dataSet": "north"');
  expect(text).not.toContain('5a5a5a');
});
