export { elementTypes, Graph, type ElementType, type Port, type Value } from './graph/graph.js';
export { decodeModel, encodeModel } from './file/messages.js';
export { readOnnx, type OnnxAttribute, type OnnxFile, type OnnxNode, type OnnxPort } from './file/read-onnx.js';
export { readOnnxFile } from './file/read-file.js';
export type { OnnxTensor } from './file/tensor.js';
