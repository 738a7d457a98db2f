import {
  addMean,
  changeOf,
  composeAggregator,
  createParameters,
  modelOf,
  parseWith,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type SiteStrategy,
} from '@fedward/core';
import * as z from 'zod';

/** Plain averaging under the name of a strategy whose other half is at the sites. */
function averaging(name: string): Aggregator<ComposedState<null>> {
  return composeAggregator({
    ...{ name, strategy: name, reduce: weightedSum, optimizer: addMean },
    ...{ requires: [], provides: ['sum-only', 'bounded-sensitivity'] },
  });
}

const fedPerSchema = z.strictObject({ private: z.array(z.string()).min(1) });

/** FedPer (Arivazhagan et al. 2019): some tensors never leave a site, by name. */
export function fedPer(options: z.input<typeof fedPerSchema>) {
  const { private: names } = parseWith(fedPerSchema, options, 'aggregator.options');
  const site: SiteStrategy<Readonly<Record<string, Float32Array>>> = {
    name: 'fedper',
    requires: ['private-tensors'],
    async answer({ sent, state, train }) {
      const model = modelOf(sent);
      const own = Object.fromEntries(names.map((name) => [name, state?.[name] ?? null]));
      const { payload, privateTensors = {} } = await train(model, { privateTensors: own });
      return { update: changeOf(payload, model), state: privateTensors };
    },
    personalModel({ sent, state }) {
      const values = modelOf(sent).values.slice();
      for (const { name, offset } of sent.layout.tensors) if (state?.[name]) values.set(state[name], offset);
      return createParameters(sent.layout, values);
    },
  };
  return { aggregator: averaging('fedper'), site };
}

const dittoSchema = z.strictObject({ lambda: z.number().positive() });

/**
 * Ditto (Li et al. 2021, algorithm 1): beside the global model w each site has a personal one, v, pulled to w by
 * lambda/2 |v - w|^2, which never leaves.
 */
export function ditto(options: z.input<typeof dittoSchema>) {
  const { lambda } = parseWith(dittoSchema, options, 'aggregator.options');
  const site: SiteStrategy<Float32Array> = {
    name: 'ditto',
    requires: ['proximal-term', 'correction'],
    async answer({ sent, state, train, trainHere }) {
      const w = modelOf(sent);
      const { payload } = await train(w);
      const v = createParameters(w.layout, state ?? w.values);
      // The proximal term pulls to where training starts, v, and not to w: the rest of the pull is a constant.
      const correction = v.values.map((x, i) => lambda * (x - w.values[i]!));
      const personal = await trainHere(v, { proximalMu: lambda, correction });
      return { update: changeOf(payload, w), state: personal.payload.values };
    },
    personalModel: ({ sent, state }) => createParameters(sent.layout, state ?? modelOf(sent).values),
  };
  return { aggregator: averaging('ditto'), site };
}
