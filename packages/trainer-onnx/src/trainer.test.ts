import { type ClientContext, type GradientPrivacy, type ModelSpec } from '@fedward/core';
import { clipFactor } from '@fedward/core/training';
import { Graph } from '@fedward/kit-onnx';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addClipFactors, clipBound } from './program/clip-graph.js';
import { compile } from './program/compiled.js';
import { SessionCache } from './program/lease.js';
import { startRuntime } from './start.js';
import { models } from './testing/models.js';
import { contextOf, dataOf, notAborted, planOf, relativeError, spec, weightsOf } from './testing/problems.js';
import { Runner } from './training/runner.js';
import { onnxTrainer } from './trainer.js';

const clipping: GradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 0 };
const everyone = { kind: 'poisson', probability: 1, steps: 1, expectedSize: 10 } as const;

describe('clip factors in the graph', () => {
  it('are those of core, to the bit', async () => {
    const { runtime, open } = await startRuntime('cpu', 1);
    const graph = new Graph();
    const float64 = (name: string, shape: readonly 'N'[]) =>
      graph.input({ name, type: 'float64', shape, meaning: name });
    const factors = addClipFactors(graph, float64('squares', ['N']), float64('magnitudes', ['N']), float64('most', []));
    graph.output(factors, { name: 'factors', type: 'float32', shape: ['N'], meaning: '' });
    const session = await open(graph);
    const tensor = (values: readonly number[], dims: readonly number[] = [values.length]) =>
      new runtime.Tensor('float64', Float64Array.from(values), dims);
    const norm = fc.oneof(
      fc.double({ min: 0, max: 1e40, noNaN: true }),
      fc.integer({ min: -140, max: 140 }).map((exponent) => 2 ** exponent),
      fc.constantFrom(0, Infinity, NaN, 0.5, 0.5 * (1 - 2 ** -18)),
    );
    const bound = fc.oneof(
      fc.double({ min: 1e-20, max: 1e20, noNaN: true }),
      fc.constantFrom(0.5, 2 ** -100, 2 ** 100),
    );
    await fc.assert(
      fc.asyncProperty(bound, fc.array(fc.tuple(norm, fc.boolean()), { minLength: 1 }), async (clipNorm, norms) => {
        const magnitudes = norms.map(([norm, cancels]) => (cancels ? 3 * norm : norm));
        const feeds = {
          squares: tensor(norms.map(([norm]) => norm * norm)),
          magnitudes: tensor(magnitudes.map((magnitude) => magnitude * magnitude)),
          most: tensor([clipBound(clipNorm)], []),
        };
        const got = await session.run(feeds, { factors: null });
        const root = (value: number) => Math.sqrt(value * value);
        const expected = norms.map(([norm], i) => clipFactor(clipNorm, root(norm), root(magnitudes[i]!)));
        expect(Array.from(got['factors']!.data as Float32Array)).toEqual(expected);
      }),
    );
    await session.close();
  });
});

describe('under clipping by example', () => {
  const model = models['relu']!;
  const context = contextOf(planOf(model, everyone), { gradientPrivacy: clipping });

  it('a record whose gradient is not finite counts as 0, and harms no other', async () => {
    const data = dataOf(model, 6);
    const start = weightsOf(model);
    const without = { ...data, count: 5, features: data.features.slice(0, 35), labels: data.labels.slice(0, 5) };
    const broken = { ...data, features: data.features.slice() };
    broken.features.fill(3e38, 35); // beyond float32 in the first layer
    const [five, six] = await Promise.all(
      [without, broken].map((own) => onnxTrainer().train(start, own, context, notAborted)),
    );
    expect(six!.payload.values.every(Number.isFinite)).toBe(true);
    expect(relativeError(six!.payload.values, five!.payload.values)).toBeLessThan(1e-6);
    expect(six!.applied).toEqual(five!.applied);
  });

  it('leaves room for narrower products where a backend has such', async () => {
    const model = models['conv2d']!;
    const { features, labels } = dataOf(model, 1);
    const lengthBy = async (rounding: number): Promise<number> => {
      const leases = new SessionCache(0).lease();
      const runner = new Runner(compile(model), { ...(await startRuntime('cpu', 1)), rounding }, leases);
      const sum = new Float32Array(compile(model).layout.size);
      const outputs = new Float32Array(3);
      const rows = { size: 1, features, labels, masks: [] };
      await runner.clipped(weightsOf(model).values, rows, 0.1, sum, outputs, new Float64Array(1));
      leases.release();
      return Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
    };
    expect(await lengthBy(2 ** -24)).toBeGreaterThan(0.1 * (1 - 2 ** -15));
    expect(await lengthBy(2 ** -11)).toBeLessThanOrEqual(0.1 / (1 + 4 * 2 ** -11));
    expect(await lengthBy(2 ** -11)).toBeGreaterThan(0.09);
  });

  it('gives the same sum in parts as at once', async () => {
    const compiled = compile(models['conv2d']!);
    const leases = new SessionCache(0).lease();
    const place = await startRuntime('cpu', 1);
    const start = weightsOf(models['conv2d']!);
    const { features, labels } = dataOf(models['conv2d']!, 23);
    const rows = { size: 23, features, labels, masks: [] };
    const results = await Promise.all(
      [1000, 5].map(async (atOnce) => {
        const runner = new Runner({ ...compiled, atOnce }, place, leases);
        const plain = new Float32Array(compiled.layout.size);
        const clipped = new Float32Array(compiled.layout.size);
        const outputs = new Float32Array(23 * 3);
        const squares = new Float64Array(23);
        await runner.gradient(start.values, rows, plain, outputs);
        await runner.clipped(start.values, rows, 0.1, clipped, outputs, squares);
        return [plain, clipped, outputs, squares, await runner.outputs(start.values, rows)];
      }),
    );
    results[0]!.forEach((values, i) => expect(relativeError(results[1]![i]!, values)).toBeLessThan(1e-6));
    leases.release();
  });
});

describe('the trainer', () => {
  it('stops at the step under way, and can train again', async () => {
    const model = models['dense, without a bias']!;
    const abort = new AbortController();
    const trainer = onnxTrainer();
    const plan = planOf(model, { kind: 'shuffle', size: 2, epochs: 100_000 });
    const training = trainer.train(weightsOf(model), dataOf(model, 20), contextOf(plan), abort.signal);
    setTimeout(() => abort.abort(), 30);
    await expect(training).rejects.toMatchObject({ code: 'ABORTED' });
    const short = contextOf(planOf(model, { kind: 'shuffle', size: 5, epochs: 1 }));
    expect((await trainer.train(weightsOf(model), dataOf(model, 20), short, notAborted)).steps).toBe(4);
  });

  it('says backend, version and threads', async () => {
    expect(await onnxTrainer({ threads: 2 }).describe()).toMatch(
      /^onnx \(cpu, ONNX Runtime 1\.\d+\.\d+, threads: 2\)$/,
    );
  });

  it('gives the same bits again, and near to them with two threads', async () => {
    const model = models['conv2d']!;
    const context: ClientContext = contextOf(planOf(model, { kind: 'shuffle', size: 8, epochs: 3 }));
    const [one, again, two] = await Promise.all(
      [1, 1, 2].map((threads) =>
        onnxTrainer({ threads }).train(weightsOf(model), dataOf(model, 30), context, notAborted),
      ),
    );
    expect(again!.payload.values).toEqual(one!.payload.values);
    expect(relativeError(two!.payload.values, one!.payload.values)).toBeLessThan(1e-5);
  });

  const graph = (op: string, attributes = {}): ModelSpec =>
    spec(
      [4],
      [
        {
          type: 'graph',
          ...{ opset: 17, input: 'x', output: 'y', outputShape: [4] },
          nodes: [
            { op: 'Mul', inputs: ['x', 'scale'], outputs: ['scaled'] },
            { op, inputs: ['scaled'], outputs: ['y'], attributes },
          ],
          tensors: [{ name: 'scale', shape: [4] }],
        },
        { type: 'dense', units: 2 },
      ],
    );

  it('refuses before a study what it can not train, by operator and node', () => {
    const validate = (model: ModelSpec) =>
      onnxTrainer().validate!(planOf(model, { kind: 'shuffle', size: 2, epochs: 1 }));
    expect(() => validate(graph('Relu'))).not.toThrow();
    expect(() => validate(graph('Hardmax'))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/Hardmax.*0\.graph\.y/) }),
    );
  });

  it('says of a graph that the runtime does not take that the graph is at fault', async () => {
    const model = graph('Relu', { slope: 3 });
    const plan = planOf(model, { kind: 'shuffle', size: 2, epochs: 1 });
    await expect(
      onnxTrainer().train(weightsOf(model), dataOf(model, 4), contextOf(plan), notAborted),
    ).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: 'model.layers',
      message: expect.stringMatching(/^ONNX Runtime does not take the model's graph: .*slope/) as string,
    });
  });

  it('refuses under clipping what mixes examples, by operator', async () => {
    const model = graph('Softmax', { axis: 0 });
    const plain = onnxTrainer().train(
      weightsOf(model),
      dataOf(model, 4),
      contextOf(planOf(model, { kind: 'shuffle', size: 2, epochs: 1 })),
      notAborted,
    );
    await expect(plain).resolves.toMatchObject({ steps: 2 });
    const private_ = contextOf(planOf(model, everyone), { gradientPrivacy: clipping });
    await expect(onnxTrainer().train(weightsOf(model), dataOf(model, 4), private_, notAborted)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringContaining('Softmax') as string,
    });
  });
});
