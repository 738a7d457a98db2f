import type { Network, NetworkConstant, NetworkNode } from '../network/network.js';

/** Writes networks in few words. Names count up. */
export class NetworkBuilder {
  readonly nodes: NetworkNode[] = [];
  readonly constants: NetworkConstant[] = [];
  readonly tensors: { name: string; shape: readonly number[] }[] = [];
  #names = 0;

  constructor(readonly opset = 21) {}

  tensor(...shape: number[]): string {
    return this.#named('w', (name) => this.tensors.push({ name, shape }));
  }

  ints(...values: number[]): string {
    return this.constant('int64', [values.length], values);
  }

  constant(type: NetworkConstant['type'], shape: readonly number[], values: readonly number[]): string {
    return this.#named('c', (name) => this.constants.push({ name, type, shape, values }));
  }

  node(op: string, inputs: readonly string[], attributes: NetworkNode['attributes'] = {}): string {
    return this.#named(op, (name) => this.nodes.push({ op, inputs, outputs: [name], attributes }));
  }

  nodes2(op: string, inputs: readonly string[], outputs: number, attributes: NetworkNode['attributes'] = {}): string[] {
    const names = Array.from({ length: outputs }, (_, at) => `${op}${this.#names}.${at}`);
    this.#names++;
    this.nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }

  build(output: string): Network {
    const { opset, nodes, constants, tensors } = this;
    return { opset, input: 'x', output, nodes, constants, tensors };
  }

  #named(what: string, make: (name: string) => unknown): string {
    const name = `${what}${this.#names++}`;
    make(name);
    return name;
  }
}
