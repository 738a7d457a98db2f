import { FedwardError, parsePlan, type Kept, type Plan, type PrepareContext, type ReleaseContext, type SiteCallContext, type State } from '@fedward/core'; // prettier-ignore
import { addStream } from '../crypto/words.js';
import { simulatedIdentities, type Identities } from '../protocol/identities.js';
import { ServerHalf, type Unmasked } from '../protocol/server.js';
import { SiteHalf } from '../protocol/site.js';

export const plan: Plan = parsePlan({
  schemaVersion: 1,
  name: 'secure',
  seed: 7,
  rounds: 3,
  model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  aggregator: { name: 'fedavg' },
  training: {
    trainer: 'reference',
    batches: { kind: 'shuffle', size: 4, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  privacy: { mechanisms: [{ name: 'secagg', options: { identities: 'simulated' } }] },
});

export const stages = ['keys', 'shares', 'deliver', 'update', 'consistency', 'unmask'] as const;
export type AnyStage = (typeof stages)[number];
export type Body = { readonly [name: string]: State };

export const idsOf = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => `hospital-${String(i).padStart(3, '0')}`);

/** A site's half with a memory of its own. */
export class Hospital {
  #kept: State = null;
  readonly half: SiteHalf;

  constructor(
    readonly id: string,
    identities: Identities = simulatedIdentities,
    threshold?: number,
  ) {
    this.half = new SiteHalf(identities, threshold);
  }

  context(cohort: readonly string[], round = 0): SiteCallContext {
    const kept: Kept = { get: () => this.#kept, set: (state) => (this.#kept = state) };
    return { clientId: this.id, runId: 'run', round, plan, cohort, kept };
  }

  forget(): void {
    this.#kept = null;
  }
}

export interface RoundSetup {
  readonly updates: ReadonlyMap<string, Uint32Array>;
  readonly hospitals?: ReadonlyMap<string, Hospital>;
  readonly round?: number;
  /** True for a site that says nothing at a stage; from then on it says nothing in this round. */
  readonly silent?: (id: string, stage: AnyStage) => boolean;
  /** What a server that is not honest asks in the place of a question. */
  readonly tamper?: (id: string, stage: AnyStage, body: Body) => Body;
  /** Digest of what a site was sent. */
  readonly sent?: (id: string) => string;
  /** Participants as the task tells a site. */
  readonly participants?: (id: string, told: readonly string[]) => readonly string[];
  /** What a site answers, changed on its way. */
  readonly spoil?: (id: string, stage: AnyStage, answer: Body) => Body;
}

export interface RoundCame {
  readonly unmasked: Unmasked;
  /** All that the server received, in order. */
  readonly received: readonly { readonly id: string; readonly stage: AnyStage; readonly body: State }[];
  /** What sites threw. */
  readonly refusals: ReadonlyMap<string, FedwardError>;
}

/** One round of both halves, without core between them. @throws what the server's half throws, with `refusals` */
export async function runRound(setup: RoundSetup): Promise<RoundCame> {
  const {
    updates,
    round = 0,
    silent = () => false,
    tamper,
    sent = () => 'model',
    participants = (_, told) => told,
  } = setup;
  const cohort = [...updates.keys()];
  const hospitals = setup.hospitals ?? new Map(cohort.map((id) => [id, new Hospital(id)]));
  const gone = new Set<string>();
  const refusals = new Map<string, FedwardError>();
  const received: { id: string; stage: AnyStage; body: State }[] = [];
  const isSilent = (id: string, stage: AnyStage): boolean => {
    if (silent(id, stage)) gone.add(id);
    return gone.has(id);
  };
  const ask = async (id: string, body: State): Promise<State> => {
    const { stage } = body as { readonly stage: AnyStage };
    if (isSilent(id, stage)) throw new FedwardError('DEADLINE_PASSED', 'silent', id);
    const question = tamper?.(id, stage, body as Body) ?? (body as Body);
    try {
      const answer = await hospitals.get(id)!.half.answer(question, hospitals.get(id)!.context(cohort, round));
      const came = setup.spoil?.(id, stage, answer as Body) ?? answer;
      received.push({ id, stage, body: came });
      return came;
    } catch (error) {
      refusals.set(id, error as FedwardError);
      throw error;
    }
  };
  const server = new ServerHalf(simulatedIdentities, undefined);
  const leftOut = new Set<string>();
  const context = {
    runId: 'run',
    round,
    plan,
    cohort,
    population: cohort.length,
    sampling: { kind: 'all' },
    state: null,
  };
  try {
    const told = await server.prepare({
      ...context,
      ask,
      leaveOut: (id: string) => void leftOut.add(id),
    } as unknown as PrepareContext);
    const sum = new Float64Array(updates.get(cohort[0]!)!.length);
    const arrived: string[] = [];
    for (const id of cohort) {
      if (leftOut.has(id) || isSilent(id, 'update')) continue;
      const hospital = hospitals.get(id)!;
      const words = updates.get(id)!.slice();
      try {
        for (const { seed, sign } of hospital.half.masks(
          participants(id, told),
          sent(id),
          hospital.context(cohort, round),
        ))
          addStream(words, seed, sign);
      } catch (error) {
        refusals.set(id, error as FedwardError);
        continue;
      }
      received.push({ id, stage: 'update', body: words });
      words.forEach((word, i) => (sum[i]! += word));
      arrived.push(id);
    }
    const unmasked = await server.release(sum, { ...context, ask, participants: arrived } as unknown as ReleaseContext);
    return { unmasked, received, refusals };
  } catch (error) {
    throw Object.assign(error as Error, { refusals, received });
  }
}

/** The plain sum modulo 2^32 of some sites' updates. */
export function plainSum(updates: ReadonlyMap<string, Uint32Array>, ids: Iterable<string>): Uint32Array {
  const sum = new Uint32Array([...updates.values()][0]!.length);
  for (const id of ids) updates.get(id)!.forEach((word, i) => (sum[i] = sum[i]! + word));
  return sum;
}
