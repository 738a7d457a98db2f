import { Graph } from '@fedward/kit-onnx';
import { assertBackend, notStarted, roundingOf, type BackendName } from './backends.js';
import { checkedSession } from './program/checked.js';
import { openSession } from './program/session.js';
import { loadRuntime, type Runtime } from './runtime.js';
import type { Place } from './training/runner.js';

/**
 * Loads ONNX Runtime, and sees a backend compute.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where the runtime, or that backend of it, is not there
 */
export async function startRuntime(backend: BackendName, threads: number): Promise<Place> {
  const runtime = await loadRuntime();
  assertBackend(runtime, backend);
  const place: Place = {
    runtime,
    open: async (graph) => {
      const session = await openSession(runtime, graph, backend, threads);
      if (backend === 'cpu') return session;
      return checkedSession(session, () => openSession(runtime, graph, 'cpu', threads), backend);
    },
    rounding: roundingOf(backend),
  };
  if (backend !== 'cpu') await assertProduct(runtime, place, backend);
  return place;
}

/** A backend that is listed may still fail at its first operation. */
async function assertProduct(runtime: Runtime, { open }: Place, backend: BackendName): Promise<void> {
  const graph = new Graph();
  const [a, b] = ['a', 'b'].map((name) => graph.input({ name, type: 'float32', shape: [1, 1], meaning: name }));
  graph.output(graph.node('MatMul', [a!, b!]), { name: 'c', type: 'float32', shape: [1, 1], meaning: 'a b' });
  const session = await open(graph);
  const number = (value: number) => new runtime.Tensor('float32', Float32Array.of(value), [1, 1]);
  try {
    const { c } = await session.run({ a: number(6), b: number(7) }, { c: null });
    const product = Number(c?.data[0]);
    if (product !== 42) throw new Error(`it computes 6 * 7 = ${product}`);
  } catch (cause) {
    // Nobody's records were in it: the runtime's own words may be told.
    throw notStarted(runtime, backend, (cause instanceof Error && cause.cause) || cause);
  } finally {
    await session.close();
  }
}
