import {
  copyTensors,
  decodeSafetensors,
  FedwardError,
  layoutOf,
  sameLayout,
  type ModelSpec,
  type NamedTensor,
  type Parameters,
} from '@fedward/core';

/** The name in a file of each of a model's tensors, by the model's names; undefined: it is not to be taken. */
export type NameMap = Readonly<Record<string, string>> | ((name: string) => string | undefined);

/** Of `initialFrom`. */
export interface InitialFromOptions {
  /** In the layout of the spec: the values of what the file has no tensor for, such as a new last layer. */
  readonly others: Parameters;
  /** Default: the same names in file and model. In an object, tensors that are not named are not taken. */
  readonly map?: NameMap;
  /**
   * Names of the model's tensors that must be among those that are taken, because the plan freezes them
   * (`training.frozen`): what is never trained must not be random.
   */
  readonly frozen?: readonly string[];
}

/** A model's first weights, and where each tensor came from. */
export interface Initial {
  readonly parameters: Parameters;
  /** The model's tensors whose values are the file's, in the order of the layout: what a plan may freeze. */
  readonly taken: readonly string[];
  /** The model's tensors that have the values of `others`, in the order of the layout. */
  readonly kept: readonly string[];
  /** Tensors of the file that no tensor of the model took, in the order of the file. */
  readonly unused: readonly string[];
}

/**
 * First weights out of a safetensors file: the tensors that the file has under the name that `map` says, and the others from
 * `others`. A tensor of the right name is never left out in silence: another shape, other numbers than float32 or a value
 * that is not finite is an error.
 *
 * Kernels are channels-last: [in, out], [width, in, out], [height, width, in, out]. PyTorch's are to be turned round before
 * they are saved, [out, in, height, width] to [height, width, in, out].
 *
 * @param file a whole safetensors file
 * @throws {FedwardError} FILE_INVALID for what is no safetensors file, naming a tensor that has another shape or element
 * type than the model's, and where no tensor has a name that is looked for; DATA_NOT_FINITE naming the tensor;
 * CONFIG_INCOMPATIBLE naming a frozen tensor that was not taken, and where `others` are of another model; ARGUMENT_INVALID
 * for a map that names a tensor that is not the model's, or one of the file for two of the model
 */
export function initialFrom(spec: ModelSpec, file: Uint8Array, options: InitialFromOptions): Initial {
  const { others, map, frozen = [] } = options;
  const layout = layoutOf(spec);
  if (!sameLayout(layout, others.layout))
    throw new FedwardError('CONFIG_INCOMPATIBLE', 'others: the weights are those of another model', 'others');
  const { tensors } = decodeSafetensors(file);
  const names = layout.tensors.map(({ name }) => name);
  const sources = sourcesOf(names, map);
  const named = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found = layout.tensors.flatMap((tensor) => {
    const source = named.get(sources.get(tensor.name)!);
    return source ? [{ tensor, source }] : [];
  });
  if (found.length === 0) throw noneFound(tensors, [...sources.values()]);
  const parameters = copyTensors(others);
  for (const { tensor, source } of found) parameters.values.set(valuesOf(source, tensor), tensor.offset);
  const taken = new Set(found.map(({ tensor }) => tensor.name));
  const random = frozen.find((name) => !taken.has(name));
  if (random !== undefined) {
    const why = names.includes(random) ? 'the file has no values for it' : 'it is no tensor of the model';
    throw new FedwardError('CONFIG_INCOMPATIBLE', `${random} can't be frozen: ${why}`, random);
  }
  const used = new Set(found.map(({ source }) => source.name));
  return {
    parameters,
    taken: [...taken],
    kept: names.filter((name) => !taken.has(name)),
    unused: tensors.flatMap(({ name }) => (used.has(name) ? [] : [name])),
  };
}

/** For each of the model's tensors that is to be taken, its name in the file. */
function sourcesOf(names: readonly string[], map: NameMap = (name) => name): Map<string, string> {
  const sources = new Map<string, string>();
  const takers = new Map<string, string>();
  const wrong = (why: string) => new FedwardError('ARGUMENT_INVALID', `map: ${why}`, 'map');
  if (typeof map === 'object')
    for (const name of Object.keys(map))
      if (!names.includes(name)) throw wrong(`${name} is no tensor of the model; there are ${names.join(', ')}`);
  for (const name of names) {
    const source = typeof map === 'function' ? map(name) : Object.hasOwn(map, name) ? map[name] : undefined;
    if (source === undefined) continue;
    const other = takers.get(source);
    if (other !== undefined) throw wrong(`${other} and ${name} would both be ${source}`);
    takers.set(source, name);
    sources.set(name, source);
  }
  return sources;
}

/** The values of a file's tensor, which must be what the model's needs. */
function valuesOf(source: NamedTensor, { name, shape }: { name: string; shape: readonly number[] }): Float32Array {
  const { values } = source;
  if (!isFloat32(values))
    throw new FedwardError('FILE_INVALID', `the tensor ${source.name} is not float32, as ${name} is`, source.name);
  if (source.shape.length !== shape.length || source.shape.some((n, axis) => n !== shape[axis]))
    throw new FedwardError(
      'FILE_INVALID',
      `the tensor ${source.name} has the shape [${source.shape.join(', ')}], ${name} has [${shape.join(', ')}]`,
      source.name,
    );
  if (!values.every(Number.isFinite))
    throw new FedwardError('DATA_NOT_FINITE', `the tensor ${source.name} has a NaN or Infinity`, source.name);
  return values;
}

function isFloat32(values: NamedTensor['values']): values is Float32Array {
  return Object.prototype.toString.call(values) === '[object Float32Array]';
}

/** The most names that a message lists. */
const mostNamed = 10;

function noneFound(tensors: readonly NamedTensor[], wanted: readonly string[]): FedwardError {
  const list = (names: readonly string[]): string =>
    names.slice(0, mostNamed).join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '');
  const has = tensors.length === 0 ? 'it has none' : `it has ${list(tensors.map(({ name }) => name))}`;
  return new FedwardError(
    'FILE_INVALID',
    `the file has none of the tensors that are looked for (${list(wanted) || 'none'}): ${has}; give a map`,
    'file',
  );
}
