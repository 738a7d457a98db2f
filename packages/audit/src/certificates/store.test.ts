import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { certifiedRound } from '../testing/certified.js';
import { certificateStore, fileOfRound, readCertificate, readCertificateFiles } from './store.js';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'fedward-certificates-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};

it.each([true, false])('keeps one certificate a round, in the order of the rounds, fsync %s', async (fsync) => {
  const [place, { certificate }] = [join(folder(), 'certificates'), await certifiedRound(folder())];
  const store = certificateStore(place, { fsync });
  for (const round of [10_000, 2, 9999]) await store.write({ ...certificate, round });
  await store.write({ ...certificate, round: 2, runId: 'again' });
  writeFileSync(join(place, 'notes.txt'), '');
  mkdirSync(join(place, 'round-0003.json')); // which is no file
  const names = ['round-0002.json', 'round-9999.json', 'round-10000.json'];
  expect([...(await readCertificateFiles(place)).keys()]).toEqual(names);
  expect(readdirSync(place).sort()).toEqual([...names, 'round-0003.json', 'notes.txt'].sort());
  expect(await readCertificate(join(place, fileOfRound(2)))).toEqual({ ...certificate, round: 2, runId: 'again' });
  if (process.platform !== 'win32') expect(statSync(join(place, names[0]!)).mode & 0o777).toBe(0o600);
});

it('has none where there is no folder, and names a file that is none', async () => {
  const place = folder();
  expect((await readCertificateFiles(join(place, 'gone'))).size).toBe(0);
  writeFileSync(join(place, 'round-0000.json'), '{"version":1}');
  const path = join(place, 'round-0000.json');
  await expect(readCertificate(path)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: path });
  await expect(readCertificate(join(place, 'x.json'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
