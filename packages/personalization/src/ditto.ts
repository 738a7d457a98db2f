import {
  changeOf,
  createParameters,
  incompatible,
  modelOf,
  parseWith,
  type SiteStrategy,
  type TrainingPlan,
} from '@fedward/core';
import * as z from 'zod';
import { averaging } from './averaging.js';
import { ownSettings, ownTraining } from './own-training.js';

const name = 'ditto';

/** The options of Ditto: both halves are made from them. */
export const dittoOptions = z.strictObject({
  lambda: z
    .number()
    .min(0)
    .max(1e6)
    .describe('pull of the personal model to the global one, >= 0; with 0 it is trained alone'),
  ...ownTraining,
});

/** Of `ditto` and `dittoSite`. */
export type DittoOptions = z.input<typeof dittoOptions>;

/**
 * Ditto, the server's half: federated averaging; the global model is the one without Ditto, to the last bit.
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a pull that overshoots
 */
export function ditto(options: DittoOptions, path = 'aggregator.options') {
  const own = parseWith(dittoOptions, options, path);
  return averaging(name, { plain: true, validate: (plan) => assertStable(plan, own) });
}

/**
 * The site's half: beside its part in the global model w a site has a personal one v, which minimises
 * F_k(v) + lambda/2 |v - w|^2 and never leaves. In each round that it is asked, v takes its steps with the w that was sent:
 * v <- v - eta (grad F_k(v) + lambda (v - w)). At first v = w.
 * Source: Li, Hu, Beirami and Smith 2021, Ditto: fair and robust federated learning through personalization, equation 2 and
 * algorithm 1.
 * @throws {FedwardError} as `ditto`
 */
export function dittoSite(options: DittoOptions, path = 'aggregator.options'): SiteStrategy<Float32Array> {
  const { lambda, ...own } = parseWith(dittoOptions, options, path);
  return {
    name,
    requires: lambda > 0 ? ['proximal-term', 'correction'] : [],
    validate: (plan) => assertStable(plan, { lambda, ...own }),
    async answer({ sent, state, plan, train, trainHere }) {
      const w = modelOf(sent);
      const { payload } = await train(w);
      const v = createParameters(w.layout, state ?? w.values.slice());
      // The proximal term pulls to where training starts, v, and not to w: the rest of the pull is a constant.
      const correction = v.values.map((x, i) => lambda * (x - w.values[i]!));
      const wishes = lambda > 0 ? { proximalMu: lambda, correction } : {};
      const personal = await trainHere(v, wishes, ownSettings(plan, own));
      return { update: changeOf(payload, w), state: personal.payload.values };
    },
    personalModel: ({ sent, state }) => createParameters(sent.layout, state ?? modelOf(sent).values.slice()),
  };
}

/** Gradient descent on lambda/2 |v - w|^2 alone leaves w ever further behind where eta lambda >= 2. */
function assertStable({ training }: TrainingPlan, { lambda, learningRate }: z.output<typeof dittoOptions>): void {
  const { optimizer } = training;
  const rate = learningRate ?? optimizer.learningRate;
  if (optimizer.name !== 'sgd' || rate * lambda < 2) return;
  throw incompatible(
    `ditto's pull overshoots: learning rate ${rate} times lambda ${lambda} must be below 2`,
    'aggregator.options.lambda',
  );
}
