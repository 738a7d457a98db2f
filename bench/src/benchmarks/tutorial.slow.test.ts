import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pairedRatios } from '../measure/statistics.js';
import { tutorial } from './tutorial.js';

const fedward = `const oneThread = process.argv.includes('--workers');
console.log(JSON.stringify({ timing: { trainSeconds: 0.5, trainElapsedSeconds: oneThread ? 0.5 : 0.25, clientSteps: 1000 } }));`;
/** Stands for a Python: slower on one thread, and with twice the steps. */
const python = `#!${process.execPath}
const oneThread = process.env.OMP_NUM_THREADS === '1';
console.log(JSON.stringify({ trainSeconds: oneThread ? 6 : 5, steps: 2000 }));`;

describe('tutorial', () => {
  it('gives the time of PyTorch over that of fedward, also by step', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [command, program] = [join(folder, 'fedward.cjs'), join(folder, 'python.cjs')];
    await writeFile(command, fedward);
    await writeFile(program, python);
    await chmod(program, 0o755);
    const { comparisons, skipped } = await tutorial.run({
      pairs: 2,
      quick: true,
      command: [process.execPath, command],
      python: { program, versions: { python: '3', numpy: '2', torch: '2' } },
      tutorialProgram: 'tutorial.py',
      progress: () => undefined,
    });
    expect(skipped).toEqual([]);
    const loops = comparisons
      .filter(({ what }) => what !== 'whole process')
      .map(({ what, numerator, denominator }) => [
        what,
        numerator.program,
        denominator.program,
        ...pairedRatios(numerator.samples, denominator.samples),
      ]);
    expect(loops).toEqual([
      ['training loop', 'pytorch', 'fedward', 20, 20],
      ['training loop, a step', 'pytorch', 'fedward', 10, 10],
      ['training loop', 'pytorch', 'fedward, one thread', 10, 10],
      ['training loop, a step', 'pytorch', 'fedward, one thread', 5, 5],
      ['training loop', 'pytorch, one thread', 'fedward', 24, 24],
      ['training loop, a step', 'pytorch, one thread', 'fedward', 12, 12],
      ['training loop', 'pytorch, one thread', 'fedward, one thread', 12, 12],
      ['training loop, a step', 'pytorch, one thread', 'fedward, one thread', 6, 6],
    ]);
    const whole = comparisons.filter(({ what }) => what === 'whole process');
    expect(whole.map(({ numerator, denominator }) => `${numerator.program} / ${denominator.program}`)).toEqual([
      'pytorch / fedward',
      'pytorch / fedward --no-local',
      'pytorch, one thread / fedward',
      'pytorch, one thread / fedward --no-local',
    ]);
  });
});
