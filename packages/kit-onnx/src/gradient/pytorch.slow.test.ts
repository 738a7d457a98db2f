import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleOf, relativeDifference, runGradients, type Gradients } from '../testing/compare.js';
import { randomNetwork } from '../testing/random-network.js';

/** Where a machine has Python with PyTorch. Nothing of fedward needs it. */
const there = spawnSync('python3', ['-c', 'import torch']).status === 0;
const script = fileURLToPath(new URL('../testing/torch_gradients.py', import.meta.url));

/** 300, and half as many with the operators that came later. */
const graphs = 450;

/** Relative to the largest number of a gradient, or a hundredth of the largest of the network's: float32 beside float64. */
const tolerance = 1e-4;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-torch-'))));
afterAll(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly output: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

function asked(seed: number) {
  const { network, inputShape } = randomNetwork(seed);
  return exampleOf(network, inputShape, seed, [-1, 1], 3);
}

/** One process for all. */
function byTorch(runs: readonly Gradients[]): Told[] {
  const networks = runs.map(({ weights }, seed) => {
    const { network, given } = asked(seed);
    const plain = [...given].map(([name, { shape, values }]) => [name, { shape, values: [...values] }] as const);
    return { ...network, given: Object.fromEntries(plain), weights: [...weights.values] };
  });
  const file = join(folder, 'networks.json');
  writeFileSync(file, JSON.stringify(networks));
  const { status, stdout, stderr } = spawnSync('python3', [script, file], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Told[];
}

describe.skipIf(!there)('PyTorch (skipped without python3 that has torch)', () => {
  it(`gives the gradients of ${graphs} random graphs that the graphs give`, { timeout: 600_000 }, async () => {
    const runs: Gradients[] = [];
    for (let seed = 0; seed < graphs; seed++) runs.push(await runGradients(asked(seed), seed));
    const told = byTorch(runs);
    const wrong: unknown[] = [];
    let compared = 0;
    runs.forEach(({ output, gradients }, seed) => {
      const { output: right, gradients: rights } = told[seed]!;
      const least = Math.max(1e-3, 0.01 * Math.max(...Object.values(rights).flat().map(Math.abs)));
      const found = Object.fromEntries(
        [...gradients].map(([name, { values }]) => [name, relativeDifference(values, rights[name]!, least)]),
      );
      const all = Object.entries({ ...found, 'the output': relativeDifference(output.values, right) });
      compared += all.length;
      const far = all.filter(([, by]) => !(by < tolerance));
      if (far.length > 0) wrong.push({ seed, far });
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(4 * graphs);
  });
});
