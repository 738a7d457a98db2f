import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey, openNote, readSigner, verifierOf } from '@fedward/kit-keys';
import { openLedger } from '@fedward/privacy-dp/ledger';
import { expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../testing/run.js';
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

it('says who signed, proves a charge, and trusts the keys that it is given alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [north, south] = await Promise.all(
    ['north', 'south'].map((name) => createKey({ directory: join(folder, 'keys'), name })),
  );
  const terms = { dataSet: 'north', unit: 'record', adjacency: 'add-or-remove-one', delta: 1e-5, budget: 1 } as const;
  const signed = await openLedger(join(folder, 'north'), { ...terms, signer: await readSigner(north!.path) });
  await signed.charge({
    ...{ planHash: 'sha256:00', runId: 'run-1', round: 0, event: { type: 'gaussian', noiseMultiplier: 50 } },
    ...({ unit: 'record', adjacency: 'add-or-remove-one', simulationOnly: false } as const),
  });
  const dir = join(folder, 'north');
  const ledger = (...args: readonly string[]) => run('privacy', 'ledger', ...args);

  const good = await ledger(dir, '--verify', '--keys', north!.publicPath);
  expect(good).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`its terms and 2 entries: ${north!.verifierKey}`),
  });
  expect(good.stdout).toContain(`trusted by ${north!.verifierKey}`);
  const other = await ledger(dir, '--verify', '--keys', south!.publicPath);
  expect(other).toMatchObject({ code: 1, stdout: expect.stringMatching(/^NOT TRUSTED: /) });
  expect(JSON.parse((await ledger(dir, '--json', '--keys', south!.publicPath)).stdout)).toMatchObject({
    verified: false,
    ledgers: [{ trustedKey: null, signature: { keys: [north!.verifierKey], size: 3 } }],
  });

  const { stdout: proof, code } = await ledger(dir, '--prove', '2');
  expect(code).toBe(0);
  expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 2\n/);
  const note = proof.slice(proof.indexOf('\n\n') + 2);
  expect(openNote(note, [verifierOf(north!.verifierKey)]).text.split('\n')[1]).toBe('3');
  const json = JSON.parse((await ledger(dir, '--prove', '2', '--json')).stdout) as { entry: string; proof: string };
  expect(json).toMatchObject({ proof, entry: await readFile(join(dir, 'releases', '00000002.json'), 'utf8') });
  expect(await ledger(dir, '--prove', '1')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no signed charge'),
  });

  await openLedger(join(folder, 'south'), { ...terms, dataSet: 'south' });
  const unsigned = join(folder, 'south');
  expect(await ledger(unsigned, '--verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('not signed') });
  expect((await ledger(unsigned, '--verify', '--keys', north!.publicPath)).code).toBe(1);
  expect((await ledger(unsigned, '--prove', '1')).stderr).toContain('not signed');

  await writeFile(join(dir, 'releases', '00000002.checkpoint'), 'changed');
  expect(await ledger(dir, '--verify')).toMatchObject({ code: 1, stdout: expect.stringContaining('DAMAGED') });
});
