import type { ClientContext } from '../interfaces/trainer.js';
import type { Keystream } from '../random/keystream.js';

/**
 * Where the dropout masks of a training come from, at lane `dropoutLane` + position of the layer.
 *
 * Masks go by place in the batch, so that one record less gives all behind it other masks: with masks that are known
 * the clipped sum moves by as many clip norms as there are records. What is promised of it holds because nobody knows
 * them: masks that are independent of the data and of each other may be thought of as tied to the records, and a
 * mixture over masks is no easier to tell apart than the worst of them (docs/decisions/036). So with secret noise under
 * a gradient mechanism they are as secret as the noise: 20 rounds, and a key of the noise source. Else they are the
 * client's own stream, which a simulation repeats.
 */
export function maskKeystream({
  random,
  noise,
  gradientPrivacy,
}: Pick<ClientContext, 'random' | 'noise' | 'gradientPrivacy'>): Keystream {
  if (!gradientPrivacy || noise.simulationOnly) return { key: random.key(), rounds: 8 };
  return { key: Uint32Array.from({ length: 8 }, () => Math.floor(noise.uniform() * 2 ** 32)), rounds: 20 };
}
