import { canonicalJson, layoutOf, outputSize, sha256, type Layout, type ModelSpec } from '@fedward/core';
import { dropoutsOf, inferTypes, networkOf, type DropoutPlace, type Network, type Types } from '@fedward/kit-onnx';

/** A model spec as one network, with what is known of it before it runs. */
export interface Compiled {
  readonly spec: ModelSpec;
  /** Equal specs have equal ones. */
  readonly digest: string;
  readonly network: Network;
  readonly types: Types;
  readonly layout: Layout;
  readonly dropouts: readonly DropoutPlace[];
  /** Outputs of an example. */
  readonly width: number;
  /** Examples that go through at once: more are done in parts, so that what lies between the layers has room. */
  readonly atOnce: number;
  /** Keys of the graphs that were found to have all gradients that they need. */
  readonly checked: Set<string>;
}

/** float32 values that lie between the layers at once: 512 MiB. */
const mostValues = 2 ** 27;

const known = new WeakMap<ModelSpec, Compiled>();

/** @throws {FedwardError} CONFIG_INCOMPATIBLE naming the operator and node that is not in the set or does not fit */
export function compile(spec: ModelSpec): Compiled {
  const before = known.get(spec);
  if (before) return before;
  const network = networkOf(spec);
  const types = inferTypes(network, spec.inputShape);
  const compiled: Compiled = {
    spec,
    digest: sha256(canonicalJson(spec)),
    network,
    types,
    layout: layoutOf(spec),
    dropouts: dropoutsOf(spec),
    width: outputSize(spec),
    atOnce: Math.max(1, Math.floor(mostValues / valuesOfExample(types))),
    checked: new Set(),
  };
  known.set(spec, compiled);
  return compiled;
}

/** Those of all values that one example adds. */
function valuesOfExample(types: Types): number {
  let sum = 0;
  for (const { dims } of types.values())
    if (dims.some((dim) => typeof dim !== 'number'))
      sum += dims.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : dim.batch), 1);
  return sum;
}
