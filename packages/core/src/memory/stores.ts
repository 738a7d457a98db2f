import { assertInteger } from '../base/assert.js';
import { decodeCheckpoint, encodeCheckpoint } from '../encoding/checkpoint.js';
import { FedwardError } from '../base/errors.js';
import type { AnswerKey, AnswerStore } from '../interfaces/answers.js';
import type { KeptAnswer, Outbox } from '../interfaces/outbox.js';
import type { CheckpointStore, ClientStateKey, ClientStore } from '../interfaces/stores.js';
import type { Json } from '../base/json.js';
import type { State } from '../base/state.js';

/** Checkpoints for as long as the process lives, as the bytes that a file would hold. */
export function memoryCheckpointStore(): CheckpointStore {
  const newest = new Map<string, Uint8Array>();
  /** As JSON, by run. */
  const lists = new Map<string, string[]>();
  return {
    async save(checkpoint) {
      newest.set(checkpoint.runId, encodeCheckpoint(checkpoint));
    },
    async load(runId) {
      const bytes = newest.get(runId);
      return bytes && decodeCheckpoint(bytes);
    },
    async appendReport(runId, round, report) {
      const before = lists.get(runId) ?? [];
      assertInteger('round', round, 0, before.length);
      before.splice(round, Infinity, JSON.stringify(report));
      lists.set(runId, before);
    },
    async reports(runId, count) {
      const list = lists.get(runId) ?? [];
      if (list.length < count)
        throw new FedwardError('CHECKPOINT_INVALID', `of ${count} reports of ${runId} there are ${list.length}`, runId);
      return list.slice(0, count).map((json) => JSON.parse(json) as Json);
    },
  };
}

/** Answers for as long as the process lives. */
export function memoryAnswerStore(): AnswerStore {
  const taken = new Map<string, Set<string>>();
  const of = ({ clientId, planHash, release }: AnswerKey): string => JSON.stringify([clientId, planHash, release]);
  const which = ({ runId, round }: AnswerKey): string => JSON.stringify([runId, round]);
  return {
    async take(answer, limit) {
      const before = taken.get(of(answer)) ?? new Set<string>();
      if (before.has(which(answer)) || before.size >= limit) return false;
      taken.set(of(answer), before.add(which(answer)));
      return true;
    },
    async giveBack(answer) {
      taken.get(of(answer))?.delete(which(answer));
    },
  };
}

/** Each client's newest answer, for as long as the process lives. What is kept and found is not copied. */
export function memoryOutbox(): Outbox {
  const newest = new Map<string, { readonly task: string; readonly answer: KeptAnswer }>();
  return {
    async find({ clientId, task }) {
      const kept = newest.get(clientId);
      return kept?.task === task ? kept.answer : undefined;
    },
    async keep({ clientId, task }, answer) {
      newest.set(clientId, { task, answer });
    },
  };
}

/** Clients' states for as long as the process lives. */
export function memoryClientStore(): ClientStore {
  const states = new Map<string, Map<number, State>>();
  const of = ({ runId, clientId, strategy }: ClientStateKey): string => JSON.stringify([runId, clientId, strategy]);
  return {
    async load(key, round) {
      return structuredClone(states.get(of(key))?.get(round));
    },
    async save(key, round, state) {
      const kept = states.get(of(key)) ?? new Map<number, State>();
      states.set(of(key), kept.set(round, structuredClone(state)));
    },
    async forget(key, before, but) {
      const kept = states.get(of(key));
      for (const round of kept?.keys() ?? []) if (round < before && round !== but) kept!.delete(round);
    },
  };
}
