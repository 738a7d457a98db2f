import type { GraphLayer } from './graph.js';
import { placeLayers } from './shapes.js';
import type { ModelSpec } from './spec.js';

/** Operators whose second and third input are a scale and a shift (ONNX operators, opset 13 and later). */
const normalisations = ['BatchNormalization', 'GroupNormalization', 'InstanceNormalization', 'LayerNormalization'];
/** Operators that give their first input's numbers in another form. */
const reshapes = ['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose'];
/** How many nodes lie between a tensor or a normalisation and what is looked for, at most: a graph is anybody's. */
const mostSteps = 12;

/**
 * The scales and shifts of a model's normalisations, by their names in its layout: of `group-norm` layers, and of the nodes
 * BatchNormalization, GroupNormalization, InstanceNormalization and LayerNormalization of graphs. Running statistics of batch
 * normalisation are not among them. A normalisation that a graph spells out in means and quotients is not known as one.
 * @returns each once, in the order of the layout
 * @throws {FedwardError} as `placeLayers`
 */
export function normalisationTensors(model: ModelSpec): string[] {
  return placeLayers(model).flatMap(({ layer, tensors }, position) => {
    const names = tensors.map(({ name }) => name);
    if (layer.type === 'group-norm') return names;
    if (layer.type !== 'graph') return [];
    const found = new GraphNorms(layer).scalesAndShifts();
    return names.filter((name) => found.has(name.slice(`${position}.graph.`.length)));
  });
}

type Node = GraphLayer['nodes'][number];

/** A graph, to look for normalisations in. Names are its own. */
class GraphNorms {
  readonly #tensors: ReadonlySet<string>;
  readonly #givenBy = new Map<string, Node>();
  readonly #takenBy = new Map<string, Node[]>();

  constructor(private readonly layer: GraphLayer) {
    this.#tensors = new Set(layer.tensors.map(({ name }) => name));
    for (const node of layer.nodes) {
      for (const output of node.outputs) this.#givenBy.set(output, node);
      for (const input of node.inputs) {
        const takers = this.#takenBy.get(input) ?? [];
        this.#takenBy.set(input, takers);
        takers.push(node);
      }
    }
  }

  scalesAndShifts(): ReadonlySet<string> {
    const norms = this.layer.nodes.filter(({ op }) => normalisations.includes(op));
    const found = norms.flatMap((node) => [
      ...node.inputs.slice(1, 3).flatMap((value) => this.#tensorOf(value) ?? []),
      ...(node.op === 'InstanceNormalization' ? this.#behind(node) : []),
    ]);
    return new Set(found);
  }

  /** The tensor that a value is, in whatever form; undefined for one that is computed. */
  #tensorOf(value: string): string | undefined {
    for (let steps = 0, at: string | undefined = value; at !== undefined && steps < mostSteps; steps++) {
      if (this.#tensors.has(at)) return at;
      const node = this.#givenBy.get(at);
      at = node && reshapes.includes(node.op) ? node.inputs[0] : undefined;
    }
    return undefined;
  }

  /**
   * Before opset 21 a group normalisation is written as an instance normalisation between reshapes, with the scale and the
   * shift of the channels behind it (PyTorch's exporter, and kit-onnx).
   */
  #behind(normalisation: Node): string[] {
    const found: string[] = [];
    let wanted = ['Mul', 'Add'];
    for (let steps = 0, node = normalisation; steps < mostSteps; steps++) {
      const value = node.outputs[0]!;
      const [taker, another] = this.#takenBy.get(value) ?? [];
      if (!taker || another) break;
      if (!reshapes.includes(taker.op)) {
        // A scale, then a shift, each once; either may be left out.
        const tensor = this.#tensorOf(taker.inputs.find((input) => input !== value) ?? '');
        if (!wanted.includes(taker.op) || tensor === undefined) break;
        wanted = wanted.slice(wanted.indexOf(taker.op) + 1);
        found.push(tensor);
      }
      node = taker;
    }
    return found;
  }
}
