import type { GraphLayer } from '@fedward/core';

type Tensor = GraphLayer['tensors'][number];
type Attributes = NonNullable<GraphLayer['nodes'][number]['attributes']>;

/** A network's nodes and tensors in the order in which they come. Values are named by what gives them. */
export class GraphDraft {
  readonly nodes: GraphLayer['nodes'][number][] = [];
  readonly tensors: Tensor[] = [];

  /** @returns the name of the node's one output, which is `name` */
  node(op: string, name: string, inputs: readonly string[], attributes?: Attributes): string {
    this.nodes.push({ op, inputs, outputs: [name], ...(attributes && { attributes }) });
    return name;
  }

  /** @returns its name */
  tensor(name: string, shape: readonly number[], initial: NonNullable<Tensor['initial']>): string {
    this.tensors.push({ name, shape, initial });
    return name;
  }

  /**
   * Square kernel without bias, half its side padded with zeros around. It starts as He et al. 2015 say for relu by the number of outputs
   * that one input reaches, as torchvision's ResNet does (`kaiming_normal_`, `fan_out`).
   *
   * @param size [inputs, outputs, side of the kernel, stride]
   */
  convolution(
    name: string,
    value: string,
    [inputs, outputs, side, stride]: readonly [number, number, number, number],
  ): string {
    const initial = { normal: Math.sqrt(2 / (outputs * side * side)) };
    const kernel = this.tensor(`${name}.weight`, [outputs, inputs, side, side], initial);
    const pad = (side - 1) / 2;
    return this.node('Conv', name, [value, kernel], {
      kernel_shape: [side, side],
      ...(stride > 1 && { strides: [stride, stride] }),
      ...(pad > 0 && { pads: [pad, pad, pad, pad] }),
    });
  }

  /** Of each example and group of channels (Wu and He 2018), then a scale and a shift for each channel. */
  groupNorm(name: string, value: string, channels: number, groups: number): string {
    const scale = this.tensor(`${name}.weight`, [channels], 'ones');
    const shift = this.tensor(`${name}.bias`, [channels], 'zeros');
    return this.node('GroupNormalization', name, [value, scale, shift], { num_groups: groups, epsilon: 1e-5 });
  }

  relu(name: string, value: string): string {
    return this.node('Relu', name, [value]);
  }
}
