import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { notStarted, sessionOptions, type BackendName } from '../backends.js';
import type { Runtime } from '../runtime.js';

/** Values by the names of the graph's inputs or outputs; null for an output that the runtime makes room for. */
export type Feeds = Readonly<Record<string, Tensor>>;
export type Fetches = Readonly<Record<string, Tensor | null>>;

/** A graph that the runtime can run. */
export interface Session {
  /** The outputs that are named, and no others. Those that come with room are written there. */
  run(feeds: Feeds, fetches: Fetches): Promise<Feeds>;
  close(): Promise<void>;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where the backend can't run the graph */
export async function openSession(
  runtime: Runtime,
  model: Uint8Array,
  backend: BackendName,
  threads: number,
): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(model, sessionOptions(backend, threads));
  } catch (cause) {
    throw notStarted(runtime, backend, cause);
  }
  return {
    run: (feeds, fetches) => session.run(feeds, fetches) as Promise<Feeds>,
    close: () => session.release(),
  };
}
