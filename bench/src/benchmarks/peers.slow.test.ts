import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tutorialHospitals } from '@fedward/data-medical';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BenchmarkOptions } from '../benchmark.js';
import { hasProcessTable } from '../measure/process-table.js';
import { peers } from './peers.js';

const records = tutorialHospitals({ seed: 42 }).hospitals.map(({ train }) => train.labels.length);
const all = { python: '3', numpy: '2', torch: '2', flwr: '1', ray: '2', nvflare: '2' };

/** Stands for fedward: counts its steps by what it is told. */
const fedward = (samples: readonly number[] = records): string => `
const value = (name) => Number(process.argv[process.argv.indexOf(name) + 1]);
const batches = (n) => Math.ceil(n / value('--batch-size'));
const samples = ${JSON.stringify(samples)};
const steps = value('--rounds') * value('--local-epochs') * samples.reduce((sum, n) => sum + batches(n), 0);
console.log(JSON.stringify({
  final: { metrics: { accuracy: 0.9375 } }, rounds: Array(value('--rounds')).fill({}),
  timing: { clientSteps: steps }, hospitals: samples.map((n) => ({ samples: n })) }));`;

/** Stands for a Python: counts its steps by the records that it finds. */
const python = (change = ''): string => `#!${process.execPath}
const { readFileSync, statSync } = require('node:fs');
const [script, folder] = process.argv.slice(2);
const { rounds, localEpochs, batchSize, features, hospitals } = JSON.parse(readFileSync(folder + '/workload.json'));
const count = (name) => statSync(folder + '/' + name + '.f32').size / 4 / (features + 1);
let steps = 0;
for (const name of hospitals) steps += rounds * localEpochs * Math.ceil(count(name) / batchSize);
if (count('test') !== 500) throw new Error('no test set');
${change}
console.log('much else\\n\\n' + JSON.stringify({ accuracy: script.includes('flower') ? 0.5 : 0.25, steps, rounds }));`;

async function optionsWith(ours: string, theirs: string, versions: Record<string, string>): Promise<BenchmarkOptions> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [command, program] = [join(folder, 'fedward.cjs'), join(folder, 'python.cjs')];
  await writeFile(command, ours);
  await writeFile(program, theirs);
  await chmod(program, 0o755);
  return {
    pairs: 2,
    quick: true,
    command: [process.execPath, command],
    python: { program, versions },
    progress: () => undefined,
  };
}

describe('peers', () => {
  it('measures each program as a whole, and gives the others over fedward', async () => {
    const { measurements, comparisons, tables, skipped } = await peers.run(await optionsWith(fedward(), python(), all));
    const watched = hasProcessTable();
    const kinds = watched ? ['whole process', 'processor time', 'peak memory'] : ['whole process'];
    const programs = ['fedward', 'fedward --no-local', 'flower', 'nvflare'];
    expect(measurements.map(({ what, program }) => `${what}: ${program}`)).toEqual(
      kinds.flatMap((what) => programs.map((program) => `${what}: ${program}`)),
    );
    for (const { samples } of measurements) {
      expect(samples).toHaveLength(2);
      for (const sample of samples) expect(sample).toBeGreaterThan(0);
    }
    expect(
      comparisons.map(({ what, numerator, denominator }) => [what, numerator.program, denominator.program]),
    ).toEqual(
      kinds.flatMap((what) =>
        ['flower', 'nvflare'].flatMap((peer) => ['fedward', 'fedward --no-local'].map((own) => [what, peer, own])),
      ),
    );
    expect(tables![0]!.rows.map(([program, accuracy]) => [program, accuracy])).toEqual([
      ['fedward', '0.938'],
      ['fedward --no-local', '0.938'],
      ['flower', '0.500'],
      ['nvflare', '0.250'],
    ]);
    expect(skipped).toHaveLength(watched ? 0 : 1);
  });

  it('names a peer that is not there, with what to install, and measures the others', async () => {
    const { ray: _, ...withoutRay } = all;
    const { measurements, skipped } = await peers.run(await optionsWith(fedward(), python(), withoutRay));
    expect(skipped).toContainEqual(
      expect.stringMatching(/^flower: \S+ has no ray \(pip install torch "flwr\[simulation\]"\)$/),
    );
    expect(new Set(measurements.map(({ program }) => program))).toEqual(
      new Set(['fedward', 'fedward --no-local', 'nvflare']),
    );
    const alone = await peers.run(await optionsWith(fedward(), python(), {}));
    expect(alone.comparisons).toEqual([]);
    expect(alone.skipped).toContainEqual(
      expect.stringMatching(/^nvflare: \S+ does not run \(pip install torch nvflare\)$/),
    );
  });

  it.each([
    ['steps', fedward(), python('steps += 1;'), 'flower'],
    ['rounds', fedward(), python().replace('steps, rounds }', 'steps, rounds: 1 }'), 'flower'],
    ['records', fedward(records.with(0, records[0]! - 1)), python(), 'fedward'],
  ])('refuses a program that did other %s', async (what, ours, theirs, subject) => {
    await expect(peers.run(await optionsWith(ours, theirs, all))).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
      subject,
      message: expect.stringContaining(`${subject} did other work: ${what} `),
    });
  });
});
