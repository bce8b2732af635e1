import {
  type Decoder,
  bytes,
  doubles,
  float32,
  floats,
  int64,
  int64s,
  message,
  repeated,
  sub,
  text,
  uint64s,
} from "./wire.js";

/** The part of onnx.proto (IR versions 3 to 12) that a model's meaning needs. */

interface Entry {
  key: string;
  value: string;
}

export interface TensorProto {
  dims: number[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  int64Data: number[];
  doubleData: number[];
  uint64Data: number[];
  name: string;
  rawData: Uint8Array | undefined;
  externalData: Entry[];
  /** 1 where the data lies in another file. */
  dataLocation: number;
}

/** A tensor of which only the elements that are not 0 are stored, at flat positions or at one index per axis. */
export interface SparseTensorProto {
  /** Its name is the sparse tensor's. */
  values: TensorProto | undefined;
  indices: TensorProto | undefined;
  dims: number[];
}

export interface AttributeProto {
  name: string;
  f: number;
  i: number;
  s: Uint8Array;
  t: TensorProto | undefined;
  g: GraphProto | undefined;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
  /** 1 float, 2 int, 3 string, 4 tensor, 5 graph, 6 floats, 7 ints, 8 strings, 11 sparse tensor. */
  type: number;
  /** In a function: the attribute of the call that this one stands for. */
  refName: string;
  sparse: SparseTensorProto | undefined;
}

export interface NodeProto {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  domain: string;
  attribute: AttributeProto[];
  metadata: Entry[];
  /** Which of several functions of one name is called. */
  overload: string;
}

export interface Dimension {
  value: number | undefined;
  param: string | undefined;
}

export interface ValueInfoProto {
  name: string;
  elementType: number;
  /** Undefined where the value is not a tensor or its rank is open. */
  shape: Dimension[] | undefined;
}

export interface GraphProto {
  node: NodeProto[];
  initializer: TensorProto[];
  sparseInitializer: SparseTensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

/** A function of the model's own, which its nodes may call like an operator. */
export interface FunctionProto {
  name: string;
  domain: string;
  overload: string;
  input: string[];
  output: string[];
  node: NodeProto[];
  /** Attributes that have a default. */
  defaults: AttributeProto[];
  opset: OpsetProto[];
}

export interface OpsetProto {
  domain: string;
  version: number;
}

export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  graph: GraphProto | undefined;
  opset: OpsetProto[];
  functions: FunctionProto[];
}

const entry: Decoder<Entry> = message<Entry>(
  () => ({ key: "", value: "" }),
  () => ({ key: [1, text], value: [2, text] }),
);

export const tensorProto: Decoder<TensorProto> = message<TensorProto>(
  () => ({
    dims: [],
    dataType: 0,
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    uint64Data: [],
    name: "",
    rawData: undefined,
    externalData: [],
    dataLocation: 0,
  }),
  () => ({
    dims: [1, int64s],
    dataType: [2, int64],
    floatData: [4, floats],
    int32Data: [5, int64s],
    int64Data: [7, int64s],
    name: [8, text],
    rawData: [9, bytes],
    doubleData: [10, doubles],
    uint64Data: [11, uint64s],
    externalData: [13, repeated(sub(entry))],
    dataLocation: [14, int64],
  }),
);

const sparseTensorProto: Decoder<SparseTensorProto> = message<SparseTensorProto>(
  () => ({ values: undefined, indices: undefined, dims: [] }),
  () => ({ values: [1, sub(tensorProto)], indices: [2, sub(tensorProto)], dims: [3, int64s] }),
);

const attribute: Decoder<AttributeProto> = message<AttributeProto>(
  () => ({
    name: "",
    f: 0,
    i: 0,
    s: new Uint8Array(),
    t: undefined,
    g: undefined,
    floats: [],
    ints: [],
    strings: [],
    type: 0,
    refName: "",
    sparse: undefined,
  }),
  () => ({
    name: [1, text],
    f: [2, float32],
    i: [3, int64],
    s: [4, bytes],
    t: [5, sub(tensorProto)],
    g: [6, sub(graphProto)],
    floats: [7, floats],
    ints: [8, int64s],
    strings: [9, repeated(bytes)],
    type: [20, int64],
    refName: [21, text],
    sparse: [22, sub(sparseTensorProto)],
  }),
);

const node: Decoder<NodeProto> = message<NodeProto>(
  () => ({
    input: [],
    output: [],
    name: "",
    opType: "",
    domain: "",
    attribute: [],
    metadata: [],
    overload: "",
  }),
  () => ({
    input: [1, repeated(text)],
    output: [2, repeated(text)],
    name: [3, text],
    opType: [4, text],
    attribute: [5, repeated(sub(attribute))],
    domain: [7, text],
    overload: [8, text],
    metadata: [9, repeated(sub(entry))],
  }),
);

const dimension: Decoder<Dimension> = message<Dimension>(
  () => ({ value: undefined, param: undefined }),
  () => ({ value: [1, int64], param: [2, text] }),
);

const shape: Decoder<{ dim: Dimension[] }> = message<{ dim: Dimension[] }>(
  () => ({ dim: [] }),
  () => ({ dim: [1, repeated(sub(dimension))] }),
);

const tensorType: Decoder<{ elementType: number; shape: { dim: Dimension[] } | undefined }> = message<{
  elementType: number;
  shape: { dim: Dimension[] } | undefined;
}>(
  () => ({ elementType: 0, shape: undefined }),
  () => ({ elementType: [1, int64], shape: [2, sub(shape)] }),
);

const type: Decoder<{ tensor: ReturnType<typeof tensorType> | undefined }> = message<{
  tensor: ReturnType<typeof tensorType> | undefined;
}>(
  () => ({ tensor: undefined }),
  () => ({ tensor: [1, sub(tensorType)] }),
);

const rawValueInfo: Decoder<{ name: string; type: ReturnType<typeof type> | undefined }> = message<{
  name: string;
  type: ReturnType<typeof type> | undefined;
}>(
  () => ({ name: "", type: undefined }),
  () => ({ name: [1, text], type: [2, sub(type)] }),
);

function valueInfo(buffer: Uint8Array): ValueInfoProto {
  const raw = rawValueInfo(buffer);
  const tensor = raw.type?.tensor;
  return { name: raw.name, elementType: tensor?.elementType ?? 0, shape: tensor?.shape?.dim };
}

const graphProto: Decoder<GraphProto> = message<GraphProto>(
  () => ({ node: [], initializer: [], sparseInitializer: [], input: [], output: [] }),
  () => ({
    node: [1, repeated(sub(node))],
    initializer: [5, repeated(sub(tensorProto))],
    sparseInitializer: [15, repeated(sub(sparseTensorProto))],
    input: [11, repeated(sub(valueInfo))],
    output: [12, repeated(sub(valueInfo))],
  }),
);

const opset: Decoder<OpsetProto> = message<OpsetProto>(
  () => ({ domain: "", version: 0 }),
  () => ({ domain: [1, text], version: [2, int64] }),
);

const functionProto: Decoder<FunctionProto> = message<FunctionProto>(
  () => ({
    name: "",
    domain: "",
    overload: "",
    input: [],
    output: [],
    node: [],
    defaults: [],
    opset: [],
  }),
  () => ({
    name: [1, text],
    input: [4, repeated(text)],
    output: [5, repeated(text)],
    node: [7, repeated(sub(node))],
    opset: [9, repeated(sub(opset))],
    domain: [10, text],
    defaults: [11, repeated(sub(attribute))],
    overload: [13, text],
  }),
);

export const modelProto: Decoder<ModelProto> = message<ModelProto>(
  () => ({ irVersion: 0, producerName: "", producerVersion: "", graph: undefined, opset: [], functions: [] }),
  () => ({
    irVersion: [1, int64],
    producerName: [2, text],
    producerVersion: [3, text],
    graph: [7, sub(graphProto)],
    opset: [8, repeated(sub(opset))],
    functions: [25, repeated(sub(functionProto))],
  }),
);
