/** Type, number, and whether it is a list. */
export type Field = readonly [type: string, id: number, rule?: 'repeated'];

/**
 * The part of ONNX's messages that is read or written here (onnx.proto of ONNX 1.19; field numbers are never used anew). What is
 * not listed is skipped when a file is read: words for people, shapes between nodes, hints of other programs.
 */
export const messageFields = {
  ModelProto: {
    ir_version: ['int64', 1],
    producer_name: ['string', 2],
    producer_version: ['string', 3],
    doc_string: ['string', 6],
    graph: ['GraphProto', 7],
    opset_import: ['OperatorSetIdProto', 8, 'repeated'],
    metadata_props: ['StringStringEntryProto', 14, 'repeated'],
    training_info: ['Unread', 20, 'repeated'],
    functions: ['Unread', 25, 'repeated'],
  },
  OperatorSetIdProto: { domain: ['string', 1], version: ['int64', 2] },
  StringStringEntryProto: { key: ['string', 1], value: ['string', 2] },
  GraphProto: {
    node: ['NodeProto', 1, 'repeated'],
    name: ['string', 2],
    initializer: ['TensorProto', 5, 'repeated'],
    doc_string: ['string', 10],
    input: ['ValueInfoProto', 11, 'repeated'],
    output: ['ValueInfoProto', 12, 'repeated'],
    value_info: ['NotedValue', 13, 'repeated'],
    sparse_initializer: ['Unread', 15, 'repeated'],
    metadata_props: ['NoteProto', 16, 'repeated'],
  },
  NodeProto: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
    name: ['string', 3],
    op_type: ['string', 4],
    attribute: ['AttributeProto', 5, 'repeated'],
    domain: ['string', 7],
    metadata_props: ['NoteProto', 9, 'repeated'],
  },
  /** StringStringEntryProto, of words that are looked at only where they are needed. */
  NoteProto: { key: ['string', 1], note: ['bytes', 2] },
  /** ValueInfoProto, of a value between the nodes: what is noted of it. */
  NotedValue: { name: ['string', 1], metadata_props: ['NoteProto', 4, 'repeated'] },
  AttributeProto: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    t: ['TensorProto', 5],
    g: ['Unread', 6],
    floats: ['float', 7, 'repeated'],
    ints: ['int64', 8, 'repeated'],
    strings: ['bytes', 9, 'repeated'],
    tensors: ['Unread', 10, 'repeated'],
    graphs: ['Unread', 11, 'repeated'],
    tp: ['Unread', 14],
    type_protos: ['Unread', 15, 'repeated'],
    type: ['int32', 20],
    ref_attr_name: ['string', 21],
    sparse_tensor: ['Unread', 22],
    sparse_tensors: ['Unread', 23, 'repeated'],
  },
  TensorProto: {
    dims: ['int64', 1, 'repeated'],
    data_type: ['int32', 2],
    segment: ['Unread', 3],
    float_data: ['float', 4, 'repeated'],
    int32_data: ['int32', 5, 'repeated'],
    string_data: ['bytes', 6, 'repeated'],
    int64_data: ['int64', 7, 'repeated'],
    name: ['string', 8],
    raw_data: ['bytes', 9],
    double_data: ['double', 10, 'repeated'],
    external_data: ['StringStringEntryProto', 13, 'repeated'],
    data_location: ['int32', 14],
  },
  ValueInfoProto: { name: ['string', 1], type: ['TypeProto', 2], doc_string: ['string', 3] },
  TypeProto: { tensor_type: ['TensorTypeProto', 1] },
  TensorTypeProto: { elem_type: ['int32', 1], shape: ['TensorShapeProto', 2] },
  TensorShapeProto: { dim: ['DimensionProto', 1, 'repeated'] },
  DimensionProto: { dim_value: ['int64', 1], dim_param: ['string', 2] },
  /** That it is there is all that is looked at. */
  Unread: {},
} as const satisfies Record<string, Record<string, Field>>;

/** Of a message in onnx.proto. */
export type MessageName = keyof typeof messageFields;
