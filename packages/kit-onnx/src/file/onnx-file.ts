import type { Exported } from './exported.js';
import type { OnnxTensor } from './tensor.js';

/** What an attribute of a node says. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor;

/** One operator. */
export interface OnnxNode {
  /** Its own name, or, of one without, that of its first output. */
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Names of values; '' for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** What the graph takes or gives. */
export interface OnnxPort {
  readonly name: string;
  /** Such as `float32`, in the words of onnx.proto. */
  readonly type: string;
  /** Undefined where the file does not say; a dimension that is not fixed is a text, which may be empty. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** An ONNX file, read. */
export interface OnnxFile {
  /** How messages call it. */
  readonly name: string;
  /** Version of ONNX's own operators. */
  readonly opset: number;
  /** Such as `pytorch 2.13.0`. */
  readonly producer: string;
  /** In an order in which each comes after what it takes. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without those that have an initializer. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** What PyTorch's exporter noted of it. */
  readonly exported?: Exported | undefined;
}
