import type { State } from '../base/state.js';
import type { Tensors, TensorsForm } from '../parameters/parameters.js';
import type { Plan } from '../plan/plan.js';
import type { Random } from '../random/random.js';
import type { Capability } from './aggregator.js';

/** What a compression sees of an update at a site. */
export interface CompressionContext<S extends State = State> {
  /** This site's own stream in this round, for stochastic rounding: no secret, since the plan's mechanisms have had their say. */
  readonly random: Random;
  /** What was remembered with the update that was taken last, such as what it left out; null where none was. */
  readonly state: S | null;
}

/** An update on the wire. */
export interface Compressed<S extends State = State> {
  readonly payload: Tensors;
  /** What to remember, should the update be taken; absent: nothing. */
  readonly state?: S;
}

/**
 * Makes updates smaller on their way, as a pair: `compress` at the site, behind the plan's mechanisms, and `expand` at the
 * server, before any of them has its say there. What it does to an update that mechanisms protect at the site is
 * post-processing. A mechanism that turns updates into another form, such as masked words, is refused beside it: they would
 * not survive. It keeps nothing between calls but its state, which core stores by run and client.
 */
export interface Compression<S extends State = State> {
  readonly name: string;
  /**
   * What it takes away from aggregators and mechanisms: `plain-changes` where what was left out of an update is in a later
   * one.
   */
  readonly removes?: readonly Capability[];
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that it can't work under */
  validate?(plan: Plan): void;
  /** What an update of that form is on the wire: the same for all updates. */
  form(update: TensorsForm): TensorsForm;
  /** @param update of finite numbers; left as it is */
  compress(update: Tensors, context: CompressionContext<S>): Compressed<S>;
  /**
   * @param payload of the form that `form` says of `update`, and no more is known of it: it may be anything
   * @returns an update of the form `update`; core sees to it that it is finite
   * @throws {FedwardError} UPDATE_INVALID for what no `compress` makes
   */
  expand(payload: Tensors, update: TensorsForm): Tensors;
}
