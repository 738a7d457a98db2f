import type { NetworkConstant, NetworkNode } from './network.js';

/** Nodes one after the other, with the value that the last of them gave, and where its channels are. */
export class NetworkWriter {
  readonly nodes: NetworkNode[] = [];
  readonly constants: NetworkConstant[] = [];
  #first = false;

  /** @param shape of one example, channels last: to be set after each layer */
  constructor(
    public value: string,
    public shape: readonly number[],
  ) {}

  /** A node that takes the place of the value. @param output its name */
  node(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: NonNullable<NetworkNode['attributes']> = {},
  ): void {
    this.value = this.side(op, inputs, output, attributes);
  }

  /** A node beside the way from input to output. */
  side(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: NonNullable<NetworkNode['attributes']> = {},
  ): string {
    this.nodes.push({ op, inputs, outputs: [output], ...(Object.keys(attributes).length > 0 && { attributes }) });
    return output;
  }

  floats(name: string, values: readonly number[], shape: readonly number[]): string {
    this.constants.push({ name, type: 'float32', shape, values });
    return name;
  }

  ints(name: string, values: readonly number[]): string {
    this.constants.push({ name, type: 'int64', shape: [values.length], values });
    return name;
  }

  /** [N, ...dims], of as many values. */
  reshape(dims: readonly number[], output: string): void {
    this.node('Reshape', [this.value, this.ints(`${output}/dims`, [-1, ...dims])], output);
  }

  /** [N, ...positions, channels] as [N, channels, ...positions]. @param before the layer that is to come */
  channelsFirst(before: string): void {
    const positions = this.shape.slice(0, -1);
    if (this.#first || positions.length === 0) return;
    this.#turn([0, this.shape.length, ...positions.map((_, d) => d + 1)], this.#dimsFirst(), `${before}/first`);
    this.#first = true;
  }

  /** The way back. */
  channelsLast(before: string): void {
    if (!this.#first) return;
    const positions = this.shape.slice(0, -1);
    this.#turn([0, ...positions.map((_, d) => d + 2), 1], this.shape, `${before}/last`);
    this.#first = false;
  }

  /** With one channel, or one position, the values stand as they stood. */
  #turn(perm: readonly number[], dims: readonly number[], output: string): void {
    const positions = this.shape.slice(0, -1).reduce((product, n) => product * n, 1);
    if (this.shape.at(-1) === 1 || positions === 1) this.reshape(dims, output);
    else this.node('Transpose', [this.value], output, { perm: [...perm] });
  }

  #dimsFirst(): number[] {
    return [this.shape.at(-1)!, ...this.shape.slice(0, -1)];
  }
}
