import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Layout, Parameters, Tensors } from '../parameters/parameters.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { Random } from '../random/random.js';
import type { Metrics, Task } from './messages.js';
import type { Records } from './records.js';
import type { Trained, TrainerCapability, TrainingWishes } from './trainer.js';

/** What the site's half of a strategy sees of its round. */
export interface StrategyContext<S extends State = State> {
  readonly clientId: string;
  readonly runId: string;
  readonly round: number;
  readonly plan: TrainingPlan;
  readonly cohort: readonly string[];
  /** What the server's half sent. */
  readonly sent: Tensors;
  readonly instructions: JsonObject;
  /** Layout of the plan's model. */
  readonly model: Layout;
  /** What was remembered with the update that was taken last; null where none was. */
  readonly state: S | null;
  /** This site's own stream in this round, apart from the trainer's. */
  readonly random: Random;
  /** Number of the site's records: to weigh by, and for nothing else that leaves. 1 where it may not be told. */
  readonly records: number;
  /**
   * The site's records. Reading them throws CONFIG_INCOMPATIBLE where a mechanism protects the gradients of training:
   * it would protect nothing of what is computed from records beside a training.
   */
  readonly data: Records;
  /**
   * One training, protected as the plan's mechanisms ask. Where they have a price for the gradients of a training it is
   * the price of one, drawn as the plan says: a second call throws CONFIG_INCOMPATIBLE, and so do settings. It does not pay
   * for metrics, which are empty then.
   * @param settings in place of the plan's, such as one step over all records, whose change is a gradient
   */
  train(from: Parameters, wishes?: TrainingWishes, settings?: LocalSettings): Promise<Trained>;
  /**
   * A training whose result stays at this site, such as that of a personal model: nothing protects it, so nothing of it
   * may be in an update, of this round or of a later one.
   */
  trainHere(from: Parameters, wishes?: TrainingWishes, settings?: LocalSettings): Promise<Trained>;
}

/** How one training differs from the plan's. */
export type LocalSettings = Partial<Pick<TrainingPlan['training'], 'batches' | 'optimizer'>>;

/** What a site makes its personal model from. Nothing of it leaves the site but scores. */
export type PersonalContext<S extends State = State> = Pick<
  StrategyContext<S>,
  'clientId' | 'runId' | 'round' | 'plan' | 'sent' | 'model' | 'state' | 'random' | 'trainHere'
>;

/** What the site's half of a strategy answers. */
export interface StrategyAnswer<S extends State = State> {
  /** In the form that the server's half expects. */
  readonly update: Tensors;
  /**
   * Share in a weighted mean, above 0 and no more than the number of records, where that may be told; else it counts for
   * nothing. Default: the number of records.
   */
  readonly weight?: number;
  /** What to remember, should this update be taken; absent: nothing. */
  readonly state?: S;
  /** Default: those of the training. */
  readonly metrics?: Metrics;
}

/**
 * The site's half of an aggregation strategy. It keeps nothing between calls but the state that it is given back, which
 * core stores by run, client and strategy.
 */
export interface SiteStrategy<S extends State = State> {
  /** That of the aggregator; `train-and-subtract` for core's own, which any aggregator may rely on. */
  readonly name: string;
  /** What it asks of the trainer. */
  readonly requires?: readonly TrainerCapability[];
  /**
   * How often it trains for one update, other than `trainHere`; default: 1. Where the plan's mechanisms have a price for the
   * gradients of a training, which is that of one, more are refused before round 0.
   */
  readonly trainings?: number;
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that it can't work under */
  validate?(plan: TrainingPlan): void;
  /**
   * Called before anything is charged for a task. Default: what is sent are the tensors of the model, and the
   * instructions are `proximalMu` and `frozen`.
   * @throws for a task that it can't answer
   */
  validateTask?(task: Pick<Task, 'payload' | 'instructions'>, plan: TrainingPlan, model: Layout): void;
  answer(context: StrategyContext<S>): Promise<StrategyAnswer<S>>;
  /**
   * The model that evaluation at this site scores, where it is a personal one; it may be trained for that. Default: what was
   * sent.
   */
  personalModel?(context: PersonalContext<S>): Parameters | Promise<Parameters>;
}
