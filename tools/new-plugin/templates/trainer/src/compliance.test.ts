import { localTrainerCompliance } from '@fedward/testkit/local-trainer';
import { describe, it } from 'vitest';
import { myPluginTrainer } from './my-plugin.js';

localTrainerCompliance({
  create: myPluginTrainer,
  // Other plans it must refuse by name. Leave this out once it runs all that a model spec can say.
  runs: ({ model: { layers, loss }, training: { optimizer } }) =>
    layers.length === 1 && layers[0]!.type === 'dense' && loss !== 'cox' && optimizer.name === 'sgd',
}).register({ describe, it });
