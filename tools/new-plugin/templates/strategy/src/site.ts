import { changeOf, createParameters, modelOf, type SiteStrategy } from '@fedward/core';
import type { MyPluginOptions } from './my-plugin.js';

/**
 * The site's half: beside its part in the global model each site trains a model of its own, on its own records alone, which
 * never leaves. What is scored there is (1 - share) global + share own (Mansour et al. 2020, Three approaches for
 * personalization with applications to federated learning, section 5: model interpolation; here with a public share).
 */
export function myPluginSite({ share }: MyPluginOptions): SiteStrategy<Float32Array> {
  return {
    name: 'my-plugin',
    async answer({ sent, state, train, trainHere }) {
      const model = modelOf(sent);
      const trained = await train(model);
      // `state` is what was remembered with the update that the server took last: a lost answer is not built upon.
      const own = await trainHere(createParameters(model.layout, state ?? model.values));
      return { update: changeOf(trained.payload, model), state: own.payload.values };
    },
    personalModel({ sent, state }) {
      const model = modelOf(sent);
      if (!state) return model;
      return createParameters(
        model.layout,
        model.values.map((w, i) => (1 - share) * w + share * state[i]!),
      );
    },
  };
}
