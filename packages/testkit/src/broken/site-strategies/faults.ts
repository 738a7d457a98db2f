import {
  addMean,
  changeOf,
  composeAggregator,
  createParameters,
  incompatible,
  modelOf,
  trainAndSubtract,
  weightedSum,
  type Aggregator,
  type SiteStrategy,
  type State,
  type StrategyContext,
} from '@fedward/core';
import { siteStrategyCompliance } from '../../site-strategy.js';
import { examplePlan } from '../../support/fixtures.js';
import type { Broken } from '../expect.js';

/** The change of the round before, and a model of its own that no update is made of. */
export type Remembered = { readonly change: Float32Array; readonly personal: Float32Array };

const name = 'compliance';

/** A correct strategy, as small as it can be: changes with momentum, and a personal model beside them. */
export function referenceStrategy(): SiteStrategy<Remembered> {
  return {
    name,
    requires: ['proximal-term'],
    validate({ training }) {
      if (training.optimizer.name !== 'sgd')
        throw incompatible('its momentum is that of SGD', 'training.optimizer.name');
    },
    async answer({ sent, state, train, trainHere }) {
      const model = modelOf(sent);
      const { payload } = await train(model);
      const change = changeOf(payload, model);
      const own = createParameters(model.layout, state?.personal ?? model.values);
      const personal = await trainHere(own, { proximalMu: 0.1 });
      return {
        update: createParameters(
          model.layout,
          change.values.map((x, i) => x + 0.5 * (state?.change[i] ?? 0)),
        ),
        state: { change: change.values, personal: personal.payload.values },
      };
    },
    personalModel: ({ sent, state }) =>
      createParameters(sent.layout, (state?.personal ?? modelOf(sent).values).slice()),
  };
}

const server = (): Aggregator =>
  composeAggregator({
    ...{ name, strategy: name, requires: [], provides: ['sum-only'] },
    ...{ reduce: weightedSum, optimizer: addMean },
  }) as Aggregator;
const adam = examplePlan({
  training: {
    ...{ trainer: 'compliance', batches: { kind: 'shuffle', size: 4, epochs: 1 } },
    optimizer: { name: 'adam', learningRate: 0.1 },
  },
});

export const suiteOf = (create: () => SiteStrategy<Remembered>) =>
  siteStrategyCompliance({ create, aggregator: server, rejects: [adam] });

type Answer = SiteStrategy<Remembered>['answer'];
const changed =
  (change: (reference: SiteStrategy<Remembered>) => Partial<SiteStrategy<Remembered>>) =>
  (): SiteStrategy<Remembered> => ({
    ...referenceStrategy(),
    ...change(referenceStrategy()),
  });
/** The reference with another answer. */
const answering = (answer: (reference: Answer, context: StrategyContext<Remembered>) => ReturnType<Answer>) =>
  changed(({ answer: reference }) => ({ answer: (context) => answer(reference, context) }));

const named = 'it has the name that its half at the server gives, and names what it needs';
const accepted = 'the plan and the task that it was made for are accepted, unchanged';
const asks = 'it asks the trainer for what it says that it needs, and for no more';
const priced = 'where gradients have a price it trains once at most, and reads no records';
const form = 'each update is in the form that the server expects, and finite';
const repeats = 'the same task, state and seed give the same bits';
const stays = 'what was trained to stay at the site is in no update, of this round or the next';
const untouched = 'what was sent, and what it remembers, are left as they were';
const memory = 'an update shares no memory with what is remembered';
const metrics = 'metrics that it tells are finite';
const personal = 'a personal model is one, with nothing remembered as well';
const data = 'what it remembers is data, and the same once it was written down';
const lost = 'what came of an update that was not taken is not built upon';
const apart = 'two sites do not remember each other';

export const brokenSiteStrategies: Record<string, Broken<SiteStrategy<Remembered>>> = {
  'has another name than the server gives': { create: changed(() => ({ name: 'momentum' })), fails: [named] },
  'needs something twice': {
    create: changed(() => ({ requires: ['proximal-term', 'proximal-term'] })),
    fails: [named],
  },
  'writes its own plan': {
    create: changed(({ validate }) => ({
      validate(plan) {
        validate!(plan);
        Object.assign(plan.training, { trainer: 'mine' });
      },
    })),
    fails: [accepted],
  },
  'refuses the task that it is sent': {
    create: changed(() => ({
      validateTask() {
        throw incompatible('no');
      },
    })),
    fails: [accepted],
  },
  'takes any instruction': {
    create: changed(() => ({
      validateTask: (task, ...given) => trainAndSubtract.validateTask!({ ...task, instructions: {} }, ...given),
    })),
    fails: ['an instruction that it does not know is refused'],
  },
  'takes any tensors': {
    create: changed(() => ({
      validateTask({ instructions }) {
        if (Object.keys(instructions).length > 0) throw incompatible('it knows no instructions');
      },
    })),
    fails: ['what does not fit the model is refused'],
  },
  'takes any plan': {
    create: changed(() => ({ validate: () => undefined })),
    fails: ['a plan that it can not work under is refused'],
  },
  'does not say what it asks of the trainer': { create: changed(() => ({ requires: [] })), fails: [asks] },
  'trains twice': {
    create: answering(async (answer, context) => {
      await context.train(modelOf(context.sent));
      return answer(context);
    }),
    fails: [priced],
  },
  'weighs by its own count of records': {
    create: answering(async (answer, context) => {
      const { update, ...rest } = await answer(context);
      const scale = context.data.count / 8;
      return {
        ...rest,
        update: createParameters(
          update.layout,
          Float32Array.from(update.values, (x) => x * scale),
        ),
      };
    }),
    fails: [priced],
  },
  'sends a model in float64': {
    create: answering(async (answer, context) => {
      const { update, ...rest } = await answer(context);
      return { ...rest, update: { layout: update.layout, values: Float64Array.from(update.values) } };
    }),
    fails: [form],
  },
  'sends one value too few': {
    create: answering(async (answer, { round, ...context }) => {
      const { update, ...rest } = await answer({ round, ...context });
      return { ...rest, update: round === 2 ? { layout: update.layout, values: update.values.slice(1) } : update };
    }),
    fails: [form, asks, repeats, data, priced],
  },
  'draws from a stream of its own': {
    create: () => {
      let drawn = 0;
      return answering(async (answer, context) => {
        const { update, ...rest } = await answer(context);
        const noise = 1e-3 * ++drawn;
        return {
          ...rest,
          update: createParameters(
            update.layout,
            Float32Array.from(update.values, (x) => x + noise),
          ),
        };
      })();
    },
    fails: [repeats, data, lost, apart],
  },
  'sends its personal model': {
    create: answering(async (answer, context) => {
      const { state, ...rest } = await answer(context);
      return {
        ...rest,
        update: changeOf(createParameters(rest.update.layout, state!.personal), modelOf(context.sent)),
      };
    }),
    fails: [stays],
  },
  'starts from its personal model in the next round': {
    create: answering(async (answer, context) => {
      const { state, sent } = context;
      const from = state ? createParameters(sent.layout, state.personal) : modelOf(sent);
      return answer({ ...context, train: (_, wishes) => context.train(from, wishes) });
    }),
    fails: [stays, priced],
  },
  'trains where the state lies': {
    create: answering(async (answer, context) => {
      const answered = await answer(context);
      context.state?.change.set(answered.state!.change);
      return answered;
    }),
    fails: [untouched],
  },
  'trains where the sent model lies': {
    create: answering(async (answer, context) => {
      const answered = await answer(context);
      modelOf(context.sent).values.fill(0);
      return answered;
    }),
    fails: [untouched],
  },
  'remembers the array that it sends': {
    create: answering(async (answer, context) => {
      const { update, state } = await answer(context);
      return { update, state: { ...state!, change: modelOf(update).values } };
    }),
    fails: [memory],
  },
  'tells a NaN': {
    create: answering(async (answer, context) => ({ ...(await answer(context)), metrics: { loss: Number.NaN } })),
    fails: [metrics],
  },
  'has a personal model only once it remembers one': {
    create: changed(() => ({
      personalModel: ({ sent, state }) => createParameters(sent.layout, state!.personal.slice()),
    })),
    fails: [personal, untouched],
  },
  'remembers a Map': {
    create: answering(async (answer, context) => {
      const { state, ...rest } = await answer(context);
      return { ...rest, state: { ...state!, seen: new Map() as unknown as State } };
    }),
    fails: [data],
  },
  'remembers beside its state': {
    create: changed(({ answer }) => {
      const changes = new Map<string, Float32Array>();
      return {
        async answer(context) {
          const change = changes.get(context.clientId);
          const answered = await answer(
            change ? { ...context, state: { personal: change, ...context.state, change } } : context,
          );
          changes.set(context.clientId, answered.state!.change);
          return answered;
        },
      };
    }),
    fails: [lost],
  },
  'remembers one site for all': {
    create: changed(({ answer }) => {
      let newest: Remembered | undefined;
      return {
        async answer(context) {
          const answered = await answer({ ...context, state: newest ?? context.state });
          newest = answered.state;
          return answered;
        },
      };
    }),
    fails: [repeats, lost, data, apart, priced],
  },
};
