import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint.js';
import type { CheckpointStore, ClientStore } from '../interfaces/stores.js';
import type { State } from '../state.js';

/** Checkpoints for as long as the process lives, as the bytes that a file would hold. */
export function memoryCheckpointStore(): CheckpointStore {
  const newest = new Map<string, Uint8Array>();
  return {
    save: (checkpoint) => Promise.resolve().then(() => void newest.set(checkpoint.runId, encodeCheckpoint(checkpoint))),
    load: (runId) =>
      Promise.resolve().then(() => {
        const bytes = newest.get(runId);
        return bytes && decodeCheckpoint(bytes);
      }),
  };
}

/** Clients' states for as long as the process lives; the two newest rounds of each, enough to run one again. */
export function memoryClientStore(): ClientStore {
  const states = new Map<string, { round: number; state: State }[]>();
  return {
    load: (clientId, round) =>
      Promise.resolve(structuredClone(states.get(clientId)?.find((kept) => kept.round < round)?.state)),
    save: (clientId, round, state) => {
      const older = (states.get(clientId) ?? []).filter((kept) => kept.round < round);
      states.set(clientId, [{ round, state: structuredClone(state) }, ...older].slice(0, 2));
      return Promise.resolve();
    },
  };
}
