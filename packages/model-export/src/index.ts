export { onnxModel, toOnnx, type OnnxModel, type OnnxOptions } from './onnx/to-onnx.js';
export type { ElementType, Port } from '@fedward/kit-onnx';
export { portsJson, portsMarkdown } from './onnx/describe.js';
export { toKerasJson } from './keras/to-keras-json.js';
export { toTfjs } from './keras/to-tfjs.js';
export { toSafetensors } from './to-safetensors.js';
export type { ExportedFile } from './exported-file.js';
