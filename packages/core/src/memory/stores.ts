import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint.js';
import type { CheckpointStore, ClientStore } from '../interfaces/stores.js';
import type { State } from '../state.js';

/** Checkpoints for as long as the process lives, as the bytes that a file would hold. */
export function memoryCheckpointStore(): CheckpointStore {
  const newest = new Map<string, Uint8Array>();
  return {
    async save(checkpoint) {
      newest.set(checkpoint.runId, encodeCheckpoint(checkpoint));
    },
    async load(runId) {
      const bytes = newest.get(runId);
      return bytes && decodeCheckpoint(bytes);
    },
  };
}

/** Clients' states for as long as the process lives; the two newest rounds of each, enough to run one again. */
export function memoryClientStore(): ClientStore {
  const states = new Map<string, { round: number; state: State }[]>();
  return {
    async load(clientId, round) {
      return structuredClone(states.get(clientId)?.find((kept) => kept.round < round)?.state);
    },
    async save(clientId, round, state) {
      const older = (states.get(clientId) ?? []).filter((kept) => kept.round < round);
      states.set(clientId, [{ round, state: structuredClone(state) }, ...older].slice(0, 2));
    },
  };
}
