import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BenchmarkOptions } from './benchmark.js';
import { writeReport } from './report/write.js';
import { findBenchmarks, runBenchmark } from './run.js';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Stands for the command: says what it was asked, as steps that grow with the number of arguments. */
const command = `
const args = process.argv.slice(2);
if (args[0] !== 'simulate' || !args.includes('--json') || !args.includes('--out')) process.exit(9);
console.log(JSON.stringify({ timing: { trainSeconds: 0.5, trainElapsedSeconds: 0.5, clientSteps: 1000 } }));`;

async function optionsWith(changes: Partial<BenchmarkOptions> = {}): Promise<BenchmarkOptions> {
  const program = join(await temporaryFolder(), 'fedward.cjs');
  await writeFile(program, command);
  return {
    pairs: 2,
    quick: true,
    command: [process.execPath, program],
    python: { program: 'python3', versions: {} },
    progress: () => undefined,
    ...changes,
  };
}

describe('findBenchmarks', () => {
  it('finds one by name, and all', () => {
    expect(findBenchmarks('kernels').map(({ name }) => name)).toEqual(['kernels']);
    expect(findBenchmarks('all').map(({ name }) => name)).toEqual([
      'tutorial',
      'dp-overhead',
      'flamby',
      'flamby-choice',
      'imaging',
      'kernels',
      'networks',
      'many-clients',
      'rounds',
      'peers',
      'deployment',
      'secagg',
      'fedbuff',
      'robust',
      'personal',
    ]);
  });

  it('names those that there are', () => {
    expect(() => findBenchmarks('kernel')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('kernels') }),
    );
  });
});

describe('a quick run', () => {
  it.each([
    ['kernels', 'numpy: python3 does not run'],
    ['dp-overhead', 'opacus: python3 does not run'],
    ['imaging', 'pytorch: python3 does not run'],
    ['tutorial', 'pytorch: python3 does not run'],
    ['many-clients', undefined],
    ['rounds', undefined],
  ])('of %s gives samples of every quantity, and names what it skipped', async (name, skipped) => {
    const { findings } = await runBenchmark(findBenchmarks(name)[0]!, await optionsWith());
    expect(findings.measurements.length).toBeGreaterThan(1);
    for (const { samples } of findings.measurements) {
      expect(samples).toHaveLength(2);
      for (const sample of samples) expect(sample).toBeGreaterThan(0);
    }
    if (skipped) expect(findings.skipped).toContain(skipped);
    else expect(findings.skipped).toEqual([]);
  });

  it('of the tutorial needs the program too', async () => {
    const python = { program: 'python3', versions: { python: '3', numpy: '2', torch: '2' } };
    const { findings } = await runBenchmark(findBenchmarks('tutorial')[0]!, await optionsWith({ python }));
    expect(findings.skipped).toEqual([expect.stringMatching(/^pytorch: .*--tutorial-program/)]);
    expect(findings.comparisons).toEqual([]);
    const step = findings.measurements.find(({ unit }) => unit === 'µs/step');
    expect(step?.samples).toEqual([500, 500]); // 0.5 s for 1000 steps
  });
});

describe('writeReport', () => {
  it('writes JSON that holds every sample, Markdown with the tables, and the plots', async () => {
    const options = await optionsWith();
    const report = await runBenchmark(findBenchmarks('rounds')[0]!, options);
    const folder = join(await temporaryFolder(), 'new', 'results');
    const files = await writeReport(folder, report);
    const json = JSON.parse(await readFile(join(folder, 'rounds.json'), 'utf8'));
    expect(json).toMatchObject({ schemaVersion: 1, name: 'rounds', quick: true, pairs: 2, skipped: [] });
    expect(json.environment.versions.node).toBe(process.version.slice(1));
    expect(json.environment.cores).toBeGreaterThan(0);
    expect(json.measurements[0].samples).toHaveLength(2);
    expect(json.measurements[0].summary.count).toBe(2);
    expect(
      json.comparisons.map(({ denominator }: { denominator: { program: string } }) => denominator.program),
    ).toEqual(['2 workers', '4 workers']);
    const [first] = json.comparisons;
    const seconds = (program: string): number[] =>
      json.measurements.find((m: { program: string; unit: string }) => m.program === program && m.unit === 's').samples;
    expect(first.ratios[0]).toBeCloseTo(seconds('1 worker')[0]! / seconds('2 workers')[0]!, 12);
    const markdown = await readFile(join(folder, 'rounds.md'), 'utf8');
    expect(markdown).toContain('| speed-up | 1 worker:');
    expect(markdown).toContain('nothing here is to be quoted');
    for (const [, plot] of markdown.matchAll(/!\[.*?\]\((.*?)\)/g)) {
      expect(files).toContain(join(folder, plot!));
      expect(await readFile(join(folder, plot!), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    }
    expect(json.plots).toHaveLength(4);
  });

  it('says where it can not write', async () => {
    const report = await runBenchmark(findBenchmarks('many-clients')[0]!, await optionsWith());
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(writeReport(join(file, 'below'), report)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});
