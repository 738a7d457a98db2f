/** Types of elements, by their numbers in onnx.proto. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, string: 8, bool: 9, float64: 11 } as const;

/** Of the elements of a tensor. */
export type ElementType = keyof typeof elementTypes;

/** A value's name in the graph; the type keeps names and constants apart. */
export type Value = string & { readonly __value?: never };

/** What a caller gives, and what it gets. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** 'N': the number of rows. */
  readonly shape: readonly (number | 'N')[];
  /** For people. */
  readonly meaning: string;
}

/** Of a node: a whole number, a text, several of either, or a number that need not be whole. */
export type Attribute = number | string | readonly number[] | readonly string[] | { readonly float: number };

/** A node as it was written. */
export interface WrittenNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Value[];
  /** How many it has. */
  readonly outputs: number;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

const attributeTypes = { float: 1, int: 2, string: 3, ints: 7, strings: 8 } as const;
const encoder = new TextEncoder();

/**
 * Nodes, constants and ports of a graph, in the order in which they come. Names of its own begin with `fedward/` and a number,
 * so that none is a column's.
 */
export class Graph {
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  /** But for those that name the outputs. */
  readonly written: WrittenNode[] = [];
  readonly #nodes: object[] = [];
  readonly #constants: object[] = [];
  readonly #known = new Map<string, Value>();
  readonly #integers = new Map<Value, readonly number[]>();
  #names = 0;

  input(port: Port): Value {
    this.inputs.push(port);
    return port.name;
  }

  /** Gives a value the name of an output. */
  output(value: Value, port: Port): void {
    this.outputs.push(port);
    this.#nodes.push({ op_type: 'Identity', input: [value], output: [port.name], name: `fedward/out ${port.name}` });
  }

  /** One node with one output. @param domain of an operator that is none of ONNX's own */
  node(op: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ''): Value {
    return this.nodes(op, inputs, 1, attributes, domain)[0]!;
  }

  /** One node with several outputs. @param inputs '' is one that is left out */
  nodes(
    op: string,
    inputs: readonly Value[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value[] {
    const names = Array.from({ length: outputs }, () => this.#name(op));
    this.written.push({ name: names[0]!, op, inputs, outputs, attributes });
    const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeOf(value) }));
    this.#nodes.push({
      op_type: op,
      input: inputs,
      output: names,
      name: names[0],
      attribute,
      ...(domain && { domain }),
    });
    return names;
  }

  /** Casts to another type of elements. */
  cast(value: Value, to: ElementType): Value {
    return this.node('Cast', [value], { to: elementTypes[to] });
  }

  float32(values: ArrayLike<number>, shape: readonly number[]): Value {
    return this.#constant('float32', shape, littleEndian(Float32Array.from(values)));
  }

  float64(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Value {
    return this.#constant('float64', shape, littleEndian(Float64Array.from(values)));
  }

  /** A number that is used with any shape. Equal ones are one constant. */
  number(value: number): Value {
    return this.#once(`number ${Object.is(value, -0) ? '-0' : value}`, () => this.float64([value], []));
  }

  bool(values: readonly boolean[], shape: readonly number[] = [values.length]): Value {
    return this.#constant('bool', shape, Uint8Array.from(values, Number));
  }

  int32(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#constant('int32', shape, littleEndian(Int32Array.from(values)));
  }

  int64(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const key = `int64 ${values.join()} [${shape.join()}]`;
    return this.#once(key, () => {
      const constant = this.#constant(
        'int64',
        shape,
        littleEndian(BigInt64Array.from(values, (value) => BigInt(value))),
      );
      this.#integers.set(constant, [...values]);
      return constant;
    });
  }

  /** Of a constant that `int64` made. */
  integersOf(constant: Value): readonly number[] | undefined {
    return this.#integers.get(constant);
  }

  strings(values: readonly string[]): Value {
    const name = this.#name('strings');
    const string_data = values.map((value) => encoder.encode(value));
    this.#constants.push({ name, dims: [values.length], data_type: elementTypes.string, string_data });
    return name;
  }

  /** As onnx.proto has it. */
  toMessage(name: string, description: string): object {
    return {
      name,
      doc_string: description,
      node: this.#nodes,
      initializer: this.#constants,
      input: this.inputs.map(valueInfo),
      output: this.outputs.map(valueInfo),
    };
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }

  #constant(type: ElementType, dims: readonly number[], raw_data: Uint8Array): Value {
    const name = this.#name('constant');
    this.#constants.push({ name, dims, data_type: elementTypes[type], raw_data });
    return name;
  }

  #name(what: string): Value {
    return `fedward/${this.#names++} ${what}`;
  }
}

function attributeOf(value: Attribute): object {
  if (typeof value === 'number') return { type: attributeTypes.int, i: value };
  if (typeof value === 'string') return { type: attributeTypes.string, s: encoder.encode(value) };
  if ('float' in value) return { type: attributeTypes.float, f: value.float };
  if (value.every((one) => typeof one === 'number')) return { type: attributeTypes.ints, ints: value };
  return { type: attributeTypes.strings, strings: value.map((text) => encoder.encode(String(text))) };
}

function valueInfo({ name, type, shape, meaning }: Port): object {
  const dim = shape.map((size) => (size === 'N' ? { dim_param: 'N' } : { dim_value: size }));
  return { name, doc_string: meaning, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}

/** ONNX's `raw_data` is little-endian on any machine. */
function littleEndian(values: Float32Array | Float64Array | Int32Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer.slice(0));
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return bytes;
  for (let at = 0; at < bytes.length; at += values.BYTES_PER_ELEMENT)
    bytes.subarray(at, at + values.BYTES_PER_ELEMENT).reverse();
  return bytes;
}
