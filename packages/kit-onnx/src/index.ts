export { elementTypes, Graph, type Attribute, type ElementType, type Port, type Value } from './graph/graph.js';
export { decodeModel, encodeModel } from './file/messages.js';
export type { Network, NetworkConstant, NetworkNode } from './network/network.js';
export type { Dim } from './types/dims.js';
export type { TensorType } from './types/tensor-type.js';
export { inferTypes, multiplyAdds, type Types } from './types/infer.js';
export { emittedOpset } from './operators/emitter.js';
export { addForward, type Forward, type ForwardInputs } from './gradient/forward.js';
export { addGradients } from './gradient/gradients.js';
