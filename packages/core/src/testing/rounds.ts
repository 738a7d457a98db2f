import type { Federation } from '../server/federation.js';
import { runFederation } from '../server/run.js';
import type { Client } from '../interfaces/client.js';
import type { Update } from '../interfaces/messages.js';
import { inMemoryTransport } from '../memory/transport.js';
import { createParameters } from '../parameters/parameters.js';
import type { TrainingPlanInput } from '../plan/plan.js';
import { exampleFederation, exampleLayout, exampleResult, fakeClient, type MeanState } from './fakes.js';
import { examplePlan } from './plan.js';

export const onePlan = (changes: Partial<TrainingPlanInput> = {}) => examplePlan({ rounds: 1, ...changes });
export const filled = (value: number) =>
  createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(value));
/** A client whose update is `value` everywhere. */
export const constant = (id: string, value: number, changes: Partial<Update> = {}): Client =>
  fakeClient(id, ({ round }) =>
    exampleResult({ clientId: id, baseRound: round, payload: filled(value), weight: 1, ...changes }),
  );
export const failing = (id: string, error: unknown) => fakeClient(id, () => Promise.reject(error as Error));
export const runOf = (clients: Client[], changes: Partial<Federation<MeanState>> = {}) =>
  runFederation(exampleFederation({ plan: onePlan(), transport: inMemoryTransport(clients), ...changes }));
