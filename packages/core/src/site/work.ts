import type { State } from '../base/state.js';
import type { SiteDescription } from '../interfaces/description.js';
import type { EvaluateTask, Metrics, Task } from '../interfaces/messages.js';
import type { Records } from '../interfaces/records.js';
import type { Parameters, Tensors } from '../parameters/parameters.js';
import type { Streams } from './promises.js';

/** What the work of one round comes to, before the plan's mechanisms have their say. */
export interface Worked {
  readonly payload: Tensors;
  readonly metrics: Metrics;
  /** Share in a weighted mean. Default: the number of records. */
  readonly weight?: number | undefined;
  /** What to remember, should the update be taken. */
  readonly state?: State | undefined;
}

/** One round of a site's work. */
export interface WorkOrder {
  readonly clientId: string;
  readonly task: Task;
  readonly data: Records;
  /** What was remembered with the update that was taken last. */
  readonly state: State;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

/** One scoring. */
export interface ScoreOrder extends Pick<WorkOrder, 'clientId' | 'state' | 'streams' | 'signal'> {
  readonly task: EvaluateTask;
  /** The site's training part, asked for where a personal model is trained. */
  readonly data: () => Records | Promise<Records>;
}

/** A plan's work at a site: a training, or a query. */
export interface Work {
  /** Resolves once it is known what the rest says; called before any of it, as often as one likes. */
  prepare(): Promise<void>;
  description(): SiteDescription['work'];
  /** By what name its state is stored. */
  readonly strategy: string;
  /** @throws for records that it can't be done on */
  assertData(data: Records): void;
  /** @throws for a task that it can't be done on */
  assertTask(task: Task | EvaluateTask): void;
  /** The model in what was sent, beside which a strategy may send more; absent for a query. @throws where there is none */
  modelIn?(sent: Tensors): Parameters;
  /** The L2 norm by which one unit moves an answer, where it is known. */
  readonly sensitivity: number | undefined;
  run(order: WorkOrder): Promise<Worked>;
  /** True where that is scored which a strategy makes of what was sent and its own state. */
  readonly personal?: boolean;
  /** The model that is scored at a site; absent for a query. */
  scored?(order: ScoreOrder): Promise<Parameters>;
  /** The outputs of a model on a site's own test part; absent for a query. */
  predict?(model: Parameters, testData: Records): Promise<Float32Array>;
}
