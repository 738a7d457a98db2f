export {
  elementTypes,
  Graph,
  type Attribute,
  type ElementType,
  type Port,
  type Value,
  type WrittenNode,
} from './graph/graph.js';
export { nodesOffWebgpu } from './graph/webgpu.js';
export { decodeModel, encodeModel } from './file/messages.js';
export type { Network, NetworkConstant, NetworkNode } from './network/network.js';
export { dropoutsOf, networkOf, type DropoutPlace } from './network/network-of.js';
export type { Dim } from './types/dims.js';
export type { TensorType } from './types/tensor-type.js';
export { inferTypes, multiplyAdds, type Types } from './types/infer.js';
export { emittedOpset } from './operators/emitter.js';
export { addForward, type Forward, type ForwardInputs } from './gradient/forward.js';
export { addGradients } from './gradient/gradients.js';
export { readOnnx } from './file/read-onnx.js';
export type { OnnxAttribute, OnnxFile, OnnxNode, OnnxPort } from './file/onnx-file.js';
export { readOnnxFile } from './file/read-file.js';
export type { OnnxTensor } from './file/tensor.js';
export { importNetwork, type ImportedNetwork, type ImportOptions } from './import/import-network.js';
export { namingFile } from './import/naming-file.js';
export { importedModel, layoutName, type ImportedModel } from './import/imported-model.js';
export { trainability, type Trainability } from './import/trainable.js';
export { addExampleGradients } from './gradient/example-gradients.js';
export type { ExampleGradient } from './operators/example-gradient.js';
export { weightsIn } from './import/draft.js';
