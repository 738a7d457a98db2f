import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey, rotateKey } from '@fedward/kit-keys';
import { readLedger } from '@fedward/privacy-dp/ledger';
import { afterAll, describe, expect, it } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { resumeSimulation, simulate } from './simulate.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-ledger-keys-'));
const dataDir = csvFolder({ north: 24, south: 20 });
afterAll(() => [parent, dataDir].forEach((folder) => rmSync(folder, { recursive: true })));

let folders = 0;
const newFolder = (): string => join(parent, String(folders++));
const base = { scenario: 'csv', dataDir, rounds: 1, local: false, workers: 1 } as const;
const priced = (ledger: string) => ({ ...base, privacy: 'central', epsilon: 2, budget: 9, delta: 1e-5, ledger } as const); // prettier-ignore

async function keyOf(directory: string, name: string, passphrase?: string): Promise<string> {
  return (await createKey({ directory, name, ...(passphrase !== undefined && { passphrase }) })).verifierKey;
}
const signedBy = async (ledger: string, id: string) => (await readLedger(join(ledger, id))).signature;

describe('a ledger of a run', () => {
  it('is signed by the key that its hospital has, and by none that the run made', async () => {
    const [ledger, keys] = [newFolder(), newFolder()];
    const north = await keyOf(keys, 'north', 'open sesame');
    await simulate({ ...priced(ledger), keys, passphrase: 'open sesame' }, newFolder());
    expect(await signedBy(ledger, 'north')).toMatchObject({ keys: [north], unsigned: 0 });
    expect(await signedBy(ledger, 'south')).toBeNull();
  });

  it('is not signed where no keys are given, and from the first run with its key on', async () => {
    const [ledger, keys] = [newFolder(), newFolder()];
    await simulate(priced(ledger), newFolder());
    expect(await signedBy(ledger, 'north')).toBeNull();
    const north = await keyOf(keys, 'north');
    await simulate({ ...priced(ledger), keys }, newFolder());
    const { signature, releases } = await readLedger(join(ledger, 'north'));
    expect([signature?.keys, signature?.unsigned, releases]).toEqual([[north], 0, 2]);
  });

  it('that is signed is refused without its key or with another, before anything is written, and says what to do', async () => {
    const [ledger, keys, others] = [newFolder(), newFolder(), newFolder()];
    await keyOf(keys, 'north');
    await keyOf(others, 'north');
    await keyOf(others, 'south');
    await simulate({ ...priced(ledger), keys }, newFolder());
    const releases = readdirSync(join(ledger, 'north'), { recursive: true }).length;
    const refused = { code: 'CONFIG_INCOMPATIBLE', subject: '--keys' };
    const out = newFolder();
    const without = simulate(priced(ledger), out);
    await expect(without).rejects.toMatchObject(refused);
    await expect(without).rejects.toThrow(/--ledger: .*signed by the key north\+.*private key of north is called north: .*--keys DIR/); // prettier-ignore
    const another = simulate({ ...priced(ledger), keys: others }, out);
    await expect(another).rejects.toMatchObject(refused);
    await expect(another).rejects.toThrow(`it has to be in ${others}`);
    expect(() => readdirSync(out)).toThrow('ENOENT');
    expect(readdirSync(join(ledger, 'north'), { recursive: true })).toHaveLength(releases);
    expect(await signedBy(ledger, 'south')).toBeNull();
  });

  it('follows the rotation of its key', async () => {
    const [ledger, keys] = [newFolder(), newFolder()];
    const old = await keyOf(keys, 'north');
    await simulate({ ...priced(ledger), keys }, newFolder());
    const { verifierKey } = await rotateKey({ directory: keys, name: 'north' });
    await simulate({ ...priced(ledger), keys }, newFolder());
    expect(await signedBy(ledger, 'north')).toMatchObject({ keys: [old, verifierKey], unsigned: 0 });
  });

  it('is signed on where a run is gone on with', async () => {
    const [ledger, keys, out] = [newFolder(), newFolder(), newFolder()];
    const north = await keyOf(keys, 'north', 'open sesame');
    const stop = new AbortController();
    const hooks = { signal: stop.signal, onRound: () => stop.abort() };
    const options = { ...priced(ledger), rounds: 3, keys, passphrase: 'open sesame' };
    await expect(simulate(options, out, hooks)).rejects.toMatchObject({ code: 'ABORTED' });
    await resumeSimulation(out, {}, { workers: 1, passphrase: 'open sesame' });
    const { signature, releases } = await readLedger(join(ledger, 'north'));
    expect([signature?.keys, signature?.unsigned, releases]).toEqual([[north], 0, 3]);
  });
});
