import {
  changeOf,
  createParameters,
  incompatible,
  layoutOf,
  modelOf,
  type Layout,
  type ModelSpec,
  type SiteStrategy,
} from '@fedward/core';

/** The values of private tensors after the training that was taken last, by name. */
export type PrivateValues = Readonly<Record<string, Float32Array>>;

/**
 * The names of the private tensors of a model.
 * @param layout of its tensors, as the trainer has them
 * @param model as the plan has it, which says what the tensors are there for
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where it has none of the kind
 */
export type ChoosePrivate = (layout: Layout, model: ModelSpec) => readonly string[];

/**
 * The site's half of every strategy whose sites keep some tensors to themselves: a training starts from the shared tensors
 * that were sent and the site's own private ones (at first: those sent), the update is 0 in the private ones, and what was
 * trained of them is remembered here. The personal model is the shared tensors that were sent with the own private ones.
 *
 * Where gradients are clipped and noised, so are those of private tensors, in one vector with the others: what is remembered
 * is then a function of noised gradients alone, and what leaves later rests on nothing that was not paid for.
 */
export function privateTensorsSite(name: string, choose: ChoosePrivate): SiteStrategy<PrivateValues> {
  const namesOf = privateTensorsOf(name, choose);
  return {
    name,
    requires: ['private-tensors'],
    validate: ({ model }) => void namesOf(layoutOf(model), model),
    async answer({ sent, state, model, plan, train }) {
      const global = modelOf(sent);
      const own = Object.fromEntries(namesOf(model, plan.model).map((tensor) => [tensor, state?.[tensor] ?? null]));
      const { payload, privateTensors = {} } = await train(global, { privateTensors: own });
      return { update: changeOf(payload, global), state: privateTensors };
    },
    personalModel({ sent, state }) {
      const global = modelOf(sent);
      const values = global.values.slice();
      for (const { name, offset } of global.layout.tensors) if (state?.[name]) values.set(state[name], offset);
      return createParameters(global.layout, values);
    },
  };
}

/** Chooses, and refuses to keep all of a model private: sites would then share nothing. */
export function privateTensorsOf(name: string, choose: ChoosePrivate): ChoosePrivate {
  return (layout, model) => {
    const names = choose(layout, model);
    if (names.length === layout.tensors.length)
      throw incompatible(
        `${name} keeps all tensors of the model private: nothing is left to share. Keep fewer of them, or take a model of more layers, such as mlp`,
        'aggregator.options',
      );
    return names;
  };
}
