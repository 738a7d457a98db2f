import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import type { RunParts } from './run-parts.js';
import { runPaths } from './run-folder.js';
import { resumeSimulation, simulate } from './simulate.js';

const testLabels = (run: RunParts) => [...run.population.hospital('north').test.features];

/** A study with secret randomness that was stopped after its first round, and who was tested on in it. */
async function stoppedStudy() {
  const dataDir = csvFolder({ north: 60, south: 60 });
  const out = join(mkdtempSync(join(tmpdir(), 'fedward-secret-')), 'run');
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const stop = new AbortController();
  let tested: number[] = [];
  const stopped = simulate(
    { scenario: 'csv', dataDir, rounds: 3, seed: 1, local: false, workers: 1, privacy: 'central', secureNoise: true },
    out,
    { signal: stop.signal, onRound: () => stop.abort(), onStart: (run) => (tested = testLabels(run)) },
  );
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  return { out, tested, secretFile: runPaths(out).splitSecret };
}

it('a run with secret randomness keeps who is tested on through a stop, in a file that is its owner’s alone', async () => {
  const [one, other] = [await stoppedStudy(), await stoppedStudy()];
  expect(one.tested).not.toEqual(other.tested); // the same seed, which is public
  expect(statSync(one.secretFile).mode & 0o777).toBe(0o600);
  const secret = readFileSync(one.secretFile, 'utf8');
  for (const file of [runPaths(one.out).plan]) expect(readFileSync(file, 'utf8')).not.toContain(secret);
  let tested: number[] = [];
  const { rounds } = await resumeSimulation(one.out, { onStart: (run) => (tested = testLabels(run)) });
  expect(rounds).toHaveLength(3);
  expect(tested).toEqual(one.tested);
});

it('is not gone on with where that secret is another one, or gone', async () => {
  const { out, secretFile } = await stoppedStudy();
  const secret = readFileSync(secretFile, 'utf8');
  const refusal = { code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/parts records into train and test/) };
  rmSync(secretFile);
  await expect(resumeSimulation(out)).rejects.toMatchObject(refusal);
  writeFileSync(secretFile, [...secret].reverse().join(''));
  await expect(resumeSimulation(out)).rejects.toMatchObject(refusal);
  writeFileSync(secretFile, 'x');
  await expect(resumeSimulation(out)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: secretFile });
  writeFileSync(secretFile, secret);
  await resumeSimulation(out);
});
