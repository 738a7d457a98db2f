import { digestJson } from '../base/digest.js';
import { incompatible } from '../base/errors.js';
import type {
  Applied,
  ClientContext,
  LocalTrainer,
  Trained,
  TrainingData,
  TrainingWishes,
} from '../interfaces/trainer.js';
import type { LocalSettings, SiteStrategy, StrategyContext } from '../interfaces/strategy.js';
import { layoutOf, outputSize } from '../model/shapes.js';
import { shapesOf, type Parameters } from '../parameters/parameters.js';
import { pickTensors } from '../parameters/parts.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { Protection } from '../privacy/protection.js';
import { assertTrainingData } from '../training/data.js';
import { frozenTensors } from '../training/frozen.js';
import { assertLabels } from '../training/labels.js';
import { assertLayout } from '../training/layout.js';
import { objectiveOf } from '../training/objective.js';
import { patientsOf } from '../training/patients.js';
import { assertPlanProvided } from '../training/provided.js';
import { appliedWishes, capabilitiesFor, placeWishes } from '../training/wishes.js';
import { assertApplied, assertKept, assertProvided, assertStill, assertUntouched, sumOf } from './promises.js';
import { asRunsOn } from './runs-on.js';
import { modelOf, trainAndSubtract } from './train-and-subtract.js';
import type { ScoreOrder, Work, WorkOrder } from './work.js';

/** What says whose round it is, and whose randomness. */
type Ordered = Pick<ScoreOrder, 'clientId' | 'task' | 'streams' | 'signal'>;

/**
 * Training as a site's work: the site's half of the strategy around a trainer.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for another trainer or strategy than the plan's, and for a trainer that does
 *   not provide what the plan, its mechanisms and the strategy ask of it
 */
export function trainingWork(
  plan: TrainingPlan,
  trainer: LocalTrainer,
  strategy: SiteStrategy = trainAndSubtract,
  protection: Protection,
): Work {
  if (trainer.name !== plan.training.trainer) {
    const message = `the plan names trainer ${plan.training.trainer}, the site has ${trainer.name}`;
    throw incompatible(message, 'training.trainer');
  }
  if (strategy.name !== plan.aggregator.name && strategy.name !== trainAndSubtract.name) {
    const message = `the plan names aggregator ${plan.aggregator.name}, the site has the strategy ${strategy.name}`;
    throw incompatible(message, 'aggregator.name');
  }
  trainer.validate?.(plan);
  strategy.validate?.(plan);
  assertProvided(trainer, protection, strategy);
  assertPlanProvided(trainer, plan);
  let model = layoutOf(plan.model);
  const { objective, augmentation, frozen } = plan.training;
  // Of a model that the trainer brings, names are known once it has been asked for them.
  if (frozen && !trainer.layout) frozenTensors(frozen, model);
  let prepared: Promise<void> | undefined;
  let runsOn: string | undefined;
  let digest: string | undefined;
  const { gradient, countIsPublic } = protection;
  if (gradient && (strategy.trainings ?? 1) > 1) throw unpriced(strategy, 'trains more than once in a round');

  const contextOf = (
    { clientId, task, streams }: Ordered,
    settings?: LocalSettings,
  ): Omit<ClientContext, 'wishes'> => ({
    clientId,
    runId: task.runId,
    round: task.round,
    plan: settings ? { ...plan, training: { ...plan.training, ...settings } } : plan,
    ...streams,
  });

  const withFrozen = (wishes: TrainingWishes): TrainingWishes => ({
    ...wishes,
    frozen: [...new Set([...frozenTensors(frozen, model), ...(wishes.frozen ?? [])])],
  });

  /** Trains, and holds the trainer to what it was asked for. */
  const train = async (
    { data, signal }: Pick<WorkOrder, 'data' | 'signal'>,
    from: Parameters,
    given: ClientContext,
  ): Promise<Trained> => {
    assertLayout(from, model);
    const context = frozen ? { ...given, wishes: withFrozen(given.wishes) } : given;
    const shaped = objectiveOf(objective, context.round);
    const asked: Applied = {
      ...appliedWishes(placeWishes(context.wishes, model)),
      ...(context.gradientPrivacy && { gradientPrivacy: context.gradientPrivacy }),
      ...(shaped && { objective: shaped }),
      ...(augmentation && { augmentation }),
    };
    const { provides = [] } = trainer;
    const missing = capabilitiesFor(asked).find((capability) => !provides.includes(capability));
    if (missing)
      throw incompatible(`${strategy.name} asks for ${missing}, which trainer ${trainer.name} does not provide`);
    // The change is taken from what training started from. Not a copy: of many small clients that would be half the work.
    const before = sumOf(from);
    const trained = await trainer.train(from, data as TrainingData, context, signal);
    assertUntouched(trainer, before, from);
    assertApplied(trainer, trained.applied, asked);
    assertKept(trainer, trained, from, Object.keys(context.wishes.privateTensors ?? {}));
    return trained;
  };

  /** Trainings whose results stay at the site, each with a stream of its own. */
  const trainingHere = (order: Ordered, data: ScoreOrder['data'], label: string): StrategyContext['trainHere'] => {
    let here = 0;
    return async (from, wishes = {}, settings) => {
      const random = order.streams.random.fork(label, here++);
      const given = { ...contextOf(order, settings), random, wishes };
      return train({ data: await data(), signal: order.signal }, from, given);
    };
  };

  return {
    prepare() {
      prepared ??= (async () => {
        if (trainer.layout) model = await trainer.layout(plan);
        frozenTensors(frozen, model);
        // Once, and before it has seen a record: it leaves the site.
        runsOn = asRunsOn(await trainer.describe());
      })();
      // A trainer in a process of its own may be there the next time.
      prepared.catch(() => (prepared = undefined));
      return prepared;
    },
    description: () => ({
      kind: 'training',
      ...{ trainer: trainer.name, strategy: strategy.name, model: (digest ??= digestJson(shapesOf(model))) },
      ...(runsOn !== undefined && { runsOn }),
    }),
    strategy: strategy.name,
    sensitivity: undefined,
    personal: strategy.personalModel !== undefined,
    assertData(data) {
      // Here, where nobody else is told, and not in a round that then fails.
      if (gradient) patientsOf(data as TrainingData, { plan, gradientPrivacy: gradient });
      if (!plan.privacy) return;
      assertTrainingData(data as TrainingData, plan.model.inputShape);
      assertLabels(plan.model.loss, (data as TrainingData).labels, outputSize(plan.model));
    },
    assertTask(task) {
      if ('instructions' in task) (strategy.validateTask ?? trainAndSubtract.validateTask!)(task, plan, model);
      else if (!strategy.personalModel) assertLayout(modelOf(task.payload), model);
    },
    modelIn: (sent) => pickTensors(modelOf(sent), model),
    async run(order) {
      const { clientId, task, state, data, streams } = order;
      const { runId, round, cohort, payload: sent, instructions } = task;
      let trainings = 0;
      let metrics: Trained['metrics'] = {};
      const context: StrategyContext = {
        ...{ clientId, runId, round, plan, cohort, sent, instructions, model, state },
        records: countIsPublic ? data.count : 1,
        get random() {
          return streams.random.fork('strategy');
        },
        get data() {
          if (gradient)
            throw incompatible(
              `${strategy.name} reads records itself, which the plan's price of a training's gradients does not cover`,
              'aggregator.name',
            );
          return data;
        },
        async train(from: Parameters, wishes: TrainingWishes = {}, settings?: LocalSettings) {
          const again = trainings++ > 0;
          if (gradient && (again || settings)) throw unpriced(strategy, again ? 'trains twice in a round' : 'trains by settings of its own'); // prettier-ignore
          const asked = { ...contextOf(order, settings), wishes, ...(gradient && { gradientPrivacy: gradient }) };
          const trained = await train(order, from, asked);
          // Of the training, and not of what a strategy measures by another one.
          if (!settings) metrics = trained.metrics;
          // Its price is that of its gradients: means over records are for nobody.
          return gradient ? { ...trained, metrics: {} } : trained;
        },
        trainHere: trainingHere(order, () => data, 'here'),
      };
      const answer = await strategy.answer(context);
      if (frozen) assertStill(answer.update, frozenTensors(frozen, model), strategy.name);
      const { weight } = answer;
      if (weight !== undefined && !(weight > 0 && weight <= data.count))
        throw incompatible(
          `${strategy.name} gives its update the weight ${weight}; it is above 0 and no more than the number of records`,
          'aggregator.name',
        );
      return { payload: answer.update, metrics: answer.metrics ?? metrics, weight, state: answer.state };
    },
    async scored(order) {
      const { clientId, task, state, streams, data } = order;
      const { runId, round, payload: sent } = task;
      if (!strategy.personalModel) return modelOf(sent);
      const personal = await strategy.personalModel({
        ...{ clientId, runId, round, plan, sent, model, state },
        get random() {
          return streams.random.fork('personal');
        },
        trainHere: trainingHere(order, data, 'personal-here'),
      });
      assertLayout(personal, model);
      return personal;
    },
    predict: (scored, testData) => trainer.predict(plan.model, scored, testData as TrainingData),
  };
}

function unpriced({ name }: SiteStrategy, what: string) {
  return incompatible(
    `${name} ${what}, and the plan's mechanisms have the price of one training by the plan`,
    'aggregator.name',
  );
}
