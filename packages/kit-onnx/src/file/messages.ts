import protobuf from 'protobufjs/light.js';

/**
 * The part of ONNX's messages that is written here (onnx.proto, IR version 8; field numbers are never used anew). Numbers of
 * tensors lie in `raw_data`, little-endian.
 */
const messages = {
  nested: {
    onnx: {
      nested: {
        ModelProto: message({
          ir_version: ['int64', 1],
          producer_name: ['string', 2],
          producer_version: ['string', 3],
          doc_string: ['string', 6],
          graph: ['GraphProto', 7],
          opset_import: ['OperatorSetIdProto', 8, 'repeated'],
          metadata_props: ['StringStringEntryProto', 14, 'repeated'],
        }),
        OperatorSetIdProto: message({ domain: ['string', 1], version: ['int64', 2] }),
        StringStringEntryProto: message({ key: ['string', 1], value: ['string', 2] }),
        GraphProto: message({
          node: ['NodeProto', 1, 'repeated'],
          name: ['string', 2],
          initializer: ['TensorProto', 5, 'repeated'],
          doc_string: ['string', 10],
          input: ['ValueInfoProto', 11, 'repeated'],
          output: ['ValueInfoProto', 12, 'repeated'],
        }),
        NodeProto: message({
          input: ['string', 1, 'repeated'],
          output: ['string', 2, 'repeated'],
          name: ['string', 3],
          op_type: ['string', 4],
          attribute: ['AttributeProto', 5, 'repeated'],
          domain: ['string', 7],
        }),
        AttributeProto: message({
          name: ['string', 1],
          f: ['float', 2],
          i: ['int64', 3],
          s: ['bytes', 4],
          ints: ['int64', 8, 'repeated'],
          strings: ['bytes', 9, 'repeated'],
          type: ['int32', 20],
        }),
        TensorProto: message({
          dims: ['int64', 1, 'repeated'],
          data_type: ['int32', 2],
          string_data: ['bytes', 6, 'repeated'],
          name: ['string', 8],
          raw_data: ['bytes', 9],
        }),
        ValueInfoProto: message({ name: ['string', 1], type: ['TypeProto', 2], doc_string: ['string', 3] }),
        TypeProto: message({ tensor_type: ['TensorTypeProto', 1] }),
        TensorTypeProto: message({ elem_type: ['int32', 1], shape: ['TensorShapeProto', 2] }),
        TensorShapeProto: message({ dim: ['DimensionProto', 1, 'repeated'] }),
        DimensionProto: message({ dim_value: ['int64', 1], dim_param: ['string', 2] }),
      },
    },
  },
};

type Field = readonly [type: string, id: number, rule?: 'repeated'];

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

/** What `encodeModel` wrote. Members that are not listed above are left out. */
export function decodeModel(bytes: Uint8Array): Record<string, unknown> {
  return modelProto.toObject(modelProto.decode(bytes), { longs: Number, defaults: false });
}
