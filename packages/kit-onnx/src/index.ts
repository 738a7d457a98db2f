export { elementTypes, Graph, type ElementType, type Port, type Value } from './graph/graph.js';
export { decodeModel, encodeModel } from './file/messages.js';
export type { Network, NetworkConstant, NetworkNode } from './network/network.js';
export { dropoutsOf, networkOf, type DropoutPlace } from './network/network-of.js';
