import type { Network } from '../network/network.js';
import { NetworkBuilder } from './network-builder.js';
import { everywhere } from './random/everywhere.js';
import { further } from './random/further.js';
import { Choices, count, type Sofar } from './random/grow.js';
import { layers } from './random/layers.js';

/** Seeds from here on have the operators that came later too, and those before the networks that they always had. */
export const firstFurther = 300;

/** A network of some four to nine operators or groups of them, small enough for the interpreter. */
export function randomNetwork(seed: number): { network: Network; inputShape: readonly number[] } {
  const choose = new Choices(seed);
  const rank = choose.of([1, 2, 2, 3, 3, 3, 4]);
  const inputShape = Array.from({ length: rank }, (_, axis) => (rank === 4 ? choose.int(2, 3) : choose.int(2, axis === 0 ? 4 : 5))); // prettier-ignore
  const b = new NetworkBuilder(21);
  // A tensor at the very start, so that everything lies between it and the output.
  let sofar: Sofar = { value: b.node('Mul', ['x', b.tensor(...inputShape)]), shape: inputShape };
  const steps = choose.int(4, 9);
  for (let done = 0, tried = 0; done < steps && tried < 60; tried++) {
    const isFurther = seed >= firstFurther && choose.next() < 0.5;
    const grown = choose.of(isFurther ? further : choose.next() < 0.55 ? layers : everywhere)(b, sofar, choose);
    if (!grown || count(grown.shape) > 160) continue;
    sofar = grown;
    done++;
  }
  return { network: pruned(b.build(sofar.value)), inputShape };
}

/** Without what was begun and not used. */
function pruned(network: Network): Network {
  const needed = new Set([network.output]);
  const nodes = network.nodes.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((name) => needed.has(name));
    if (isNeeded) node.inputs.forEach((name) => needed.add(name));
    return isNeeded;
  });
  return {
    ...network,
    nodes: nodes.toReversed(),
    constants: network.constants.filter(({ name }) => needed.has(name)),
    tensors: network.tensors.filter(({ name }) => needed.has(name)),
  };
}
