export { elementTypes, Graph, type ElementType, type Port, type Value } from './graph/graph.js';
export { decodeModel, encodeModel } from './file/messages.js';
