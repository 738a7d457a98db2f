import ort from 'onnxruntime-node';
import { encodeModel } from '../file/messages.js';
import type { Graph } from '../graph/graph.js';
import { nodesOffWebgpu } from '../graph/webgpu.js';
import { emittedOpset } from '../operators/emitter.js';

/** A tensor of numbers. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

type Run = (inputs: Readonly<Record<string, Numbers>>) => Promise<Record<string, Numbers>>;

/** What ONNX Runtime computes on. */
export type Backend = 'cpu' | 'webgpu';

/** Opens a graph on ONNX Runtime, one thread, for as long as `use` lasts. All inputs are float32. */
export async function withGraph<Result>(
  graph: Graph,
  use: (run: Run) => Promise<Result>,
  backend: Backend = 'cpu',
): Promise<Result> {
  const bytes = encodeModel({
    ir_version: 10,
    opset_import: [{ domain: '', version: emittedOpset }],
    graph: graph.toMessage('test', ''),
  });
  const apart = nodesOffWebgpu(graph);
  const webgpu = {
    name: 'webgpu',
    preferredLayout: 'NCHW',
    ...(apart.length > 0 && { forceCpuNodeNames: apart }),
  } as const;
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [backend === 'webgpu' ? webgpu : backend],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    return await use(async (inputs) => {
      const feeds = Object.entries(inputs)
        .filter(([name]) => session.inputNames.includes(name))
        .map(([name, { shape, values }]) => [name, new ort.Tensor('float32', Float32Array.from(values), [...shape])]);
      const results = Object.entries(await session.run(Object.fromEntries(feeds)));
      return Object.fromEntries(
        results.map(([name, { dims, data }]) => [name, { shape: dims, values: data as Float32Array }]),
      );
    });
  } finally {
    await session.release();
  }
}
