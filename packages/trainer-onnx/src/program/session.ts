import { FedwardError, wordsOf } from '@fedward/core';
import { nodesOffWebgpu, type Graph } from '@fedward/kit-onnx';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { notStarted, sessionOptions, type BackendName } from '../backends.js';
import type { Runtime } from '../runtime.js';
import { fileOf } from './model.js';

/** Values by the names of the graph's inputs or outputs; null for an output that the runtime makes room for. */
export type Feeds = Readonly<Record<string, Tensor>>;
export type Fetches = Readonly<Record<string, Tensor | null>>;

/** A graph that the runtime can run. */
export interface Session {
  /**
   * The outputs that are named, and no others. Those that come with room are written there.
   * @throws {FedwardError} CLIENT_FAILED where the runtime stops
   */
  run(feeds: Feeds, fetches: Fetches): Promise<Feeds>;
  close(): Promise<void>;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where the backend does not start, or does not take the graph */
export async function openSession(
  runtime: Runtime,
  graph: Graph,
  backend: BackendName,
  threads: number,
): Promise<Session> {
  let session: InferenceSession;
  try {
    const apart = backend === 'webgpu' ? nodesOffWebgpu(graph) : [];
    session = await runtime.InferenceSession.create(fileOf(graph), sessionOptions(backend, threads, apart));
  } catch (cause) {
    throw backend === 'cpu' ? notTaken(cause) : notStarted(runtime, backend, cause);
  }
  return {
    run: async (feeds, fetches) => {
      try {
        return (await session.run(feeds, fetches)) as Feeds;
      } catch (cause) {
        throw stopped(cause);
      }
    },
    close: () => session.release(),
  };
}

/** The CPU is always there: the graph is at fault. */
function notTaken(cause: unknown): FedwardError {
  const message = `ONNX Runtime does not take the model's graph: ${wordsOf(cause).split('\n', 1)[0]}`;
  return new FedwardError('CONFIG_INCOMPATIBLE', message, 'model.layers', { cause });
}

/**
 * What is said of a run that stops, which may go to whoever sent the task: not the runtime's own words, which hold values of
 * records (the row of a table that is not there).
 */
function stopped(cause: unknown): FedwardError {
  const [, operator] = /running (\w+) node/.exec(wordsOf(cause)) ?? [];
  const rows = operator === 'Gather' || operator === 'OneHot' || operator === 'ScatterND';
  const where = operator === undefined ? '' : ` at the operator ${operator}`;
  const hint = rows ? ': the data may ask for a row that its table does not have' : '';
  const message = `ONNX Runtime stopped${where}${hint}. Its own words may hold values of records, and stay here as the cause`;
  return new FedwardError('CLIENT_FAILED', message, 'training.trainer', { cause });
}
