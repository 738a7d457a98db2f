import {
  createLayout,
  incompatible,
  layoutOf,
  type LocalSettings,
  Random,
  type Aggregator,
  type Instructed,
  type Parameters,
  type SiteStrategy,
  type State,
  type StrategyAnswer,
  type TensorsForm,
  type Trained,
  type TrainingData,
  type TrainingPlan,
  type TrainingWishes,
} from '@fedward/core';
import { blobs } from '../local-trainer/problems.js';
import { referenceTrainer } from '../reference/trainer.js';
import { clientContext, exampleResult, neverAborted, randomParameters, roundContext } from '../support/fixtures.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it remembers is its own business
export type AnyStrategy = SiteStrategy<any>;

/** A strategy's two halves, and what they are tried with. */
export interface Given {
  readonly create: () => AnyStrategy;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it keeps is its own business
  readonly aggregator: () => Aggregator<any, any>;
  readonly plan: TrainingPlan;
}

export const cohort = ['hospital-0', 'hospital-1'];
export const dataOf = (clientId: string): TrainingData => blobs(8, 3, 2, clientId);
export const modelLayout = ({ plan }: Given) => createLayout(layoutOf(plan.model).tensors);

/** How one round is asked. */
export interface Asked {
  readonly clientId?: string;
  readonly round?: number;
  readonly state?: State;
  /** What the server's half sends. */
  readonly task: Instructed;
  /** True where a mechanism has a price for the gradients of one training. */
  readonly priced?: boolean;
  /** Added to all numbers of a training whose result stays at the site. */
  readonly shiftHere?: number;
  /** True where it is given these very arrays, and not copies. */
  readonly shares?: boolean;
}

/** What came of it. */
export interface Worked {
  readonly answer: StrategyAnswer;
  readonly trainings: number;
  /** Of all trainings, those that stay at the site too. */
  readonly wishes: readonly TrainingWishes[];
}

/** The context's own server half before round 0, and what it sends. */
export function firstTask(given: Given): { readonly state: State; readonly task: Instructed } {
  const aggregator = given.aggregator();
  const initial = randomParameters(new Random('initial model'), modelLayout(given), 0.5);
  const state = aggregator.init(initial, { plan: given.plan, population: cohort.length }) as State;
  return { state, task: aggregator.instruct(state, roundContext(given.plan, cohort)) };
}

export const formOf = ({ payload, expects }: Instructed): TensorsForm =>
  expects ?? { layout: payload.layout, element: 'f32' };

/** One round at one site, with the reference trainer. Core's refusals are those of a site. */
export async function work(given: Given, asked: Asked, strategy = given.create()): Promise<Worked> {
  const { clientId = 'hospital-0', round = 0, state = null, priced = false, shiftHere = 0 } = asked;
  const [task, remembered] = asked.shares ? [asked.task, state] : structuredClone([asked.task, state] as const);
  const { plan } = given;
  let trainings = 0;
  const wished: TrainingWishes[] = [];
  const train = trainingOf(given, asked, (wishes) => wished.push(wishes));
  const answer = await strategy.answer({
    ...{ clientId, runId: 'run-1', round, plan, cohort, state: remembered },
    records: dataOf(clientId).count,
    ...{ sent: task.payload, instructions: task.instructions, model: modelLayout(given) },
    random: new Random('strategy').fork(clientId, round),
    get data() {
      if (priced) throw incompatible(`${strategy.name} reads records, which the price of a training does not cover`);
      return dataOf(clientId);
    },
    async train(from, wishes = {}, settings) {
      if (priced && trainings > 0) throw incompatible(`${strategy.name} trains twice, at the price of one training`);
      if (priced && settings) throw incompatible(`${strategy.name} trains by settings that have no price`);
      trainings++;
      return train(from, wishes, 'sent', settings);
    },
    async trainHere(from, wishes = {}, settings = {}) {
      return shifted(await train(from, wishes, 'here', settings), shiftHere);
    },
  });
  return { answer, trainings, wishes: wished };
}

/** The personal model of a site; undefined for a strategy that has none. */
export async function personalOf(
  given: Given,
  asked: Asked,
  strategy = given.create(),
): Promise<Parameters | undefined> {
  const { clientId = 'hospital-0', round = 0, state = null } = asked;
  const [sent, remembered] = asked.shares
    ? ([asked.task.payload, state] as const)
    : structuredClone([asked.task.payload, state] as const);
  const train = trainingOf(given, asked, () => undefined);
  return strategy.personalModel?.({
    ...{ clientId, runId: 'run-1', round, plan: given.plan, sent, model: modelLayout(given), state: remembered },
    random: new Random('personal').fork(clientId, round),
    trainHere: (from, wishes = {}, settings = {}) => train(from, wishes, 'personal', settings),
  });
}

function trainingOf(
  { plan }: Given,
  { clientId = 'hospital-0', round = 0 }: Asked,
  wish: (wishes: TrainingWishes) => void,
) {
  return async (
    from: Parameters,
    wishes: TrainingWishes,
    seed: string,
    settings: LocalSettings = {},
  ): Promise<Trained> => {
    wish(wishes);
    const own = { ...plan, training: { ...plan.training, ...settings } };
    const context = clientContext(own, { clientId, round, wishes }, `${seed} ${clientId} ${round}`);
    return referenceTrainer().train(from, dataOf(clientId), context, neverAborted());
  };
}

function shifted({ payload, privateTensors, ...trained }: Trained, by: number): Trained {
  const moved = (values: Float32Array): Float32Array => values.map((x) => x + by);
  const own = Object.entries(privateTensors ?? {}).map(([name, values]) => [name, moved(values)] as const);
  return {
    ...trained,
    payload: { layout: payload.layout, values: moved(payload.values) },
    ...(privateTensors && { privateTensors: Object.fromEntries(own) }),
  };
}

/** The task of the next round, once these have answered. */
export function nextTask(given: Given, state: State, answers: readonly StrategyAnswer[], round: number) {
  const aggregator = given.aggregator();
  const context = roundContext(given.plan, cohort, round);
  const reduction = aggregator.reduce(state, context);
  answers.forEach(({ update }, i) => reduction.add(exampleResult(cohort[i]!, update, { baseRound: round })));
  const { leftOut: _, ...aggregate } = reduction.finish();
  const next = aggregator.apply(state, aggregate, context) as State;
  return { state: next, task: aggregator.instruct(next, roundContext(given.plan, cohort, round + 1)) };
}

/** A few rounds in which every update is taken; what `each` is given is one site's. */
export async function rounds(
  given: Given,
  count: number,
  each: (asked: Asked, worked: Worked) => void | Promise<void>,
  strategy = given.create(),
): Promise<void> {
  let { state, task } = firstTask(given);
  const kept = new Map<string, State>();
  for (let round = 0; round < count; round++) {
    const answers: StrategyAnswer[] = [];
    for (const clientId of cohort) {
      const asked: Asked = { clientId, round, task, state: kept.get(clientId) ?? null };
      const worked = await work(given, asked, strategy);
      await each(asked, worked);
      answers.push(worked.answer);
      kept.set(clientId, worked.answer.state ?? null);
    }
    ({ state, task } = nextTask(given, state, answers, round));
  }
}
