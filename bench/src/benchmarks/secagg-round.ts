import {
  createParameters,
  parsePlan,
  simulatedRandomness,
  type Kept,
  type Plan,
  type PrepareContext,
  type ReleaseContext,
  type SiteContext,
  type State,
  type Update,
} from '@fedward/core';
import { createLayout } from '@fedward/core';
import { secureAggregation } from '@fedward/privacy-secagg';

/** What a round took, apart from the network. */
export interface RoundCost {
  /** Processor seconds of one site, all stages. */
  readonly client: number;
  /** Processor seconds of the server, the sum included. */
  readonly server: number;
  /** Bytes that one site sends: its masked update, and all else. */
  readonly update: number;
  readonly beside: number;
}

const plan: Plan = parsePlan({
  schemaVersion: 1,
  name: 'secagg',
  seed: 1,
  rounds: 1,
  model: { inputShape: [1], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  aggregator: { name: 'fedavg' },
  training: {
    trainer: 'none',
    batches: { kind: 'shuffle', size: 1, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 1 },
  },
  privacy: { mechanisms: [{ name: 'secagg', options: { identities: 'simulated' } }] },
});

/**
 * One round of both halves in this process.
 * @param sites how many take part
 * @param size numbers in an update
 * @param gone how many of them send no update
 */
export async function secureRound(sites: number, size: number, gone: number): Promise<RoundCost> {
  const cohort = Array.from({ length: sites }, (_, i) => `hospital-${i}`);
  const mechanism = secureAggregation({ identities: 'simulated' });
  const layout = createLayout([{ name: 'values', shape: [size] }]);
  const sent = createParameters(layout, new Float32Array(size));
  const change = createParameters(
    layout,
    Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
  );
  const memory = new Map<string, State>();
  const round = { runId: 'run', round: 0, plan, cohort };
  const contextOf = (clientId: string) => ({
    ...round,
    clientId,
    kept: { get: () => memory.get(clientId) ?? null, set: (state) => void memory.set(clientId, state) } satisfies Kept,
  });
  const [measured] = cohort as [string];
  let [client, others, beside] = [0, 0, 0];
  /** Books what a site does; what the server does is the rest. */
  const atSite = async <T>(id: string, work: () => Promise<T> | T): Promise<T> => {
    const began = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(began);
    if (id === measured) client += (user + system) / 1e6;
    others += (user + system) / 1e6;
    return result;
  };
  // One after the other, so that each site's time is its own.
  let last: Promise<unknown> = Promise.resolve();
  const ask = (id: string, body: State): Promise<State> => {
    const answer = last.then(() => atSite(id, () => mechanism.onCall!(body, contextOf(id))));
    last = answer.catch(() => undefined);
    return answer.then((told) => {
      if (id === measured) beside += bytesIn(told);
      return told;
    });
  };
  const server = { ...round, population: sites, sampling: { kind: 'all' }, state: null, ask } as const;
  const began = process.cpuUsage();
  const told = await mechanism.instruct!({ ...server, leaveOut: () => undefined } as unknown as PrepareContext);
  let sum: Float64Array | undefined;
  let update = 0;
  const participants = cohort.slice(0, sites - gone);
  for (const id of participants) {
    const own = { clientId: id, baseRound: 0, payload: change, weight: 100, metrics: {}, spent: [], simulationOnly: true } satisfies Update; // prettier-ignore
    const noise = simulatedRandomness(1).noise(id, 0);
    const context: SiteContext = { ...contextOf(id), told, sent, noise, sensitivity: undefined };
    const { payload } = await atSite(id, () => mechanism.onClient!(own, context));
    update = payload.values.byteLength;
    sum ??= new Float64Array(payload.values.length);
    addTo(sum, payload.values as Uint32Array);
  }
  const aggregate = { payload: sum!, divisor: participants.length, count: participants.length };
  await mechanism.onRelease!(aggregate, { ...server, participants } as unknown as ReleaseContext);
  const { user, system } = process.cpuUsage(began);
  return { client, server: (user + system) / 1e6 - others, update, beside };
}

function addTo(sum: Float64Array, words: Uint32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += words[i]!;
}

function bytesIn(state: State): number {
  if (ArrayBuffer.isView(state)) return state.byteLength;
  if (typeof state === 'string') return state.length;
  if (typeof state !== 'object' || state === null) return 8;
  return Object.values(state).reduce<number>((sum, member) => sum + bytesIn(member as State), 0);
}
