import type { OnnxFile, OnnxPort } from '../file/onnx-file.js';
import { refused } from './draft.js';

/** How to write a file that can be read here. */
export const howToExport =
  'torch.onnx.export(model.eval(), (example,), "model.onnx", dynamo=False, opset_version=17, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}})';

/** The examples' input. */
export interface ChosenInput {
  readonly name: string;
  /** Of one example, in the order of the file. */
  readonly shape: readonly number[];
  /** The number of examples that the file was made for, where it is fixed. */
  readonly fixed: number | undefined;
}

/**
 * The one input that takes examples: [N, ...], float32.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming inputs: none or several, of another type, without a fixed shape
 */
export function chooseInput({ name: file, inputs }: OnnxFile): ChosenInput {
  if (inputs.length !== 1) {
    const which = inputs.length === 0 ? 'no input' : `${inputs.length} inputs, ${listed(inputs)}`;
    throw refused(file, `it has ${which}; a network that is trained here takes one`, inputs[0]?.name ?? file);
  }
  const [{ name, type, shape }] = inputs as [OnnxPort];
  const called = `its input ${JSON.stringify(name)}`;
  if (type !== 'float32') throw refused(file, `${called} is ${type}, and examples are float32`, name);
  if (!shape || shape.length < 2 || shape.length > 5)
    throw refused(
      file,
      `${called} has ${shape ? `the shape [${shape}]` : 'no shape'}; it is to be [N, ...] of 2 to 5 dimensions`,
      name,
    );
  const [batch, ...rest] = shape;
  const open = rest.find((size) => typeof size !== 'number' || size < 1);
  if (open !== undefined)
    throw refused(
      file,
      `${called} has the shape [${shape}]: all but the number of examples must be fixed; export with ${howToExport}`,
      name,
    );
  return { name, shape: rest as readonly number[], fixed: typeof batch === 'number' ? batch : undefined };
}

/**
 * The value that is the answer.
 * @param wanted where the file has several
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming what there is
 */
export function chooseOutput({ name: file, outputs }: OnnxFile, wanted: string | undefined): string {
  const found = wanted === undefined ? outputs : outputs.filter(({ name }) => name === wanted);
  if (found.length === 1) return found[0]!.name;
  if (wanted !== undefined && outputs.length > 0)
    throw refused(file, `it has no output ${JSON.stringify(wanted)}; there are ${listed(outputs)}`, wanted);
  if (outputs.length === 0) throw refused(file, 'it has no output', file);
  throw refused(
    file,
    `it has ${outputs.length} outputs, ${listed(outputs)}: name the one that is trained (--output)`,
    outputs[0]!.name,
  );
}

function listed(ports: readonly OnnxPort[]): string {
  return ports
    .slice(0, 10)
    .map(({ name }) => JSON.stringify(name))
    .join(', ');
}
