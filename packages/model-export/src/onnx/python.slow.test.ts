import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasmTrainer } from '@fedward/trainer-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compared, type Results } from '../testing/compare.js';
import { feedsOf } from '../testing/expected.js';
import { arrayProblem, mixedProblem, type Problem } from '../testing/problems.js';
import { onnxModel } from './to-onnx.js';

/** Where a machine has Python with ONNX Runtime, that reads the files too. Nothing of fedward needs it. */
const there = spawnSync('python3', ['-c', 'import onnx, onnxruntime']).status === 0;

const script = `
import json, sys, numpy, onnx, onnxruntime
folder = sys.argv[1]
onnx.checker.check_model(onnx.load(folder + "/model.onnx"), full_check=True)
session = onnxruntime.InferenceSession(folder + "/model.onnx", providers=["CPUExecutionProvider"])
given = json.load(open(folder + "/feeds.json"))
kinds = {"float64": numpy.float64, "string": object}
feeds = {name: numpy.array([float("nan") if v is None else v for v in one["data"]], kinds[one["type"]]).reshape(one["shape"])
         for name, one in given.items()}
names = [output.name for output in session.get_outputs()]
told = dict(zip(names, session.run(None, feeds)))
json.dump({name: {"data": [None if v != v else v for v in values.reshape(-1).tolist()]} for name, values in told.items()}, sys.stdout)
`;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-onnx-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function run(problem: Problem): Results {
  const { bytes, inputs } = onnxModel(problem.bundle);
  const values = feedsOf(problem, inputs);
  const feeds = inputs.map(({ name, type, shape }) => [
    name,
    { type, shape: shape.map((size) => (size === 'N' ? problem.rows.length : size)), data: [...values[name]!] },
  ]);
  writeFileSync(join(folder, 'model.onnx'), bytes);
  writeFileSync(join(folder, 'feeds.json'), JSON.stringify(Object.fromEntries(feeds)));
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, folder], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const told = JSON.parse(stdout) as Record<string, { data: (number | string | null)[] }>;
  return Object.fromEntries(
    Object.entries(told).map(([name, { data }]) => [name, { data: data.map((value) => value ?? NaN) }]),
  );
}

describe.skipIf(!there)("Python's ONNX Runtime (skipped without python3 that has onnx and onnxruntime)", () => {
  it.each([
    [11, 'binary'],
    [12, 'classes'],
    [13, 'survival'],
  ] as const)('reads mixed columns, seed %i, %s: as fedward itself', async (seed, task) => {
    const problem = await mixedProblem(seed, task);
    const { worst, scored } = await compared(problem, wasmTrainer(), run(problem));
    expect(scored).toBeGreaterThan(15);
    expect(worst).toBeLessThan(1e-5);
  });

  it('reads an image network with group normalisation', async () => {
    const problem = arrayProblem(14, 'classes', { kind: 'image', shape: [9, 8, 3] }, [
      { type: 'conv2d', filters: 6, kernelSize: [3, 2], stride: [2, 1], padding: 'same' },
      { type: 'group-norm', groups: 3 },
      { type: 'activation', function: 'relu' },
      { type: 'max-pool2d', kernelSize: [2, 3], stride: [2, 1] },
    ] as never);
    const { worst, scored } = await compared(problem, wasmTrainer(), run(problem));
    expect(scored).toBe(17);
    expect(worst).toBeLessThan(1e-5);
  });
});
