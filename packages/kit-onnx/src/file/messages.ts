import protobuf from 'protobufjs/light.js';
import { messageFields, type Field } from './fields.js';

/** Numbers of tensors that are written lie in `raw_data`, little-endian. */
const messages = {
  nested: {
    onnx: {
      nested: Object.fromEntries(Object.entries(messageFields).map(([name, fields]) => [name, message(fields)])),
    },
  },
};

function message(fields: Readonly<Record<string, Field>>) {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
    ),
  };
}

const modelProto = protobuf.Root.fromJSON(messages).lookupType('onnx.ModelProto');

/** @param model in the words of onnx.proto */
export function encodeModel(model: Readonly<Record<string, unknown>>): Uint8Array {
  return modelProto.encode(modelProto.create(model)).finish().slice();
}

/** What `encodeModel` wrote; a file of anybody else is read by `readOnnx`. Members that are not listed are left out. */
export function decodeModel(bytes: Uint8Array): Record<string, unknown> {
  return modelProto.toObject(modelProto.decode(bytes), { longs: Number, defaults: false });
}
