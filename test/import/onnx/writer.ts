import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Attribute values: integers are ints, other numbers floats; wrap a number in `float` to force it. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  /** In a function: what the call gives by this name. */
  | { readonly of: string }
  /** A tensor of one float in another file. */
  | { readonly external: string }
  | { readonly sparse: Sparse }
  | Branch;

export type NodeSource = readonly [
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes?: Readonly<Record<string, AttributeValue>>,
];

export interface Branch {
  readonly nodes: readonly NodeSource[];
  readonly inputs?: readonly string[];
  readonly output: string | readonly string[];
}

/** Floats at the given places, one flat position or one index per axis for each. */
export interface Sparse {
  readonly dims: readonly number[];
  readonly indices: readonly (number | readonly number[])[];
  readonly values: readonly number[];
}

export interface FunctionSource {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeSource[];
  /** Of a domain of its own, whose name stands in front of the operators that call it: "my.lib:Layer". */
  readonly domain: string;
  readonly defaults?: Readonly<Record<string, AttributeValue>>;
}

export interface ModelSource {
  /** [operator, inputs, outputs, attributes] */
  readonly nodes?: readonly NodeSource[];
  readonly names?: readonly string[];
  /** A size that is a text is left open under that name. */
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  /** Inputs that are int64. */
  readonly intInputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly floats?: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
  >;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly sparse?: Readonly<Record<string, Sparse>>;
  readonly functions?: readonly FunctionSource[];
  /** Where a weight of the model is said to lie. */
  readonly external?: string;
  readonly opset?: number;
}

const FLOAT = 1;
const INT64 = 7;

/** Writes an ONNX model. Without nodes, y = x · w with one float w. */
export function writeModel(source: ModelSource): Uint8Array {
  const {
    nodes = [["Mul", ["x", "w"], ["y"]]],
    inputs = { x: [1] },
    intInputs = [],
    outputs = ["y"],
    floats = {},
    ints = {},
  } = source;
  const graph = new BinaryWriter();
  nodes.forEach((node, i) => field(graph, 1, (w) => writeNode(w, node, source.names?.[i])));
  for (const [name, { shape, data }] of Object.entries(floats))
    field(graph, 5, (w) => writeFloats(w, name, shape, data));
  for (const [name, data] of Object.entries(ints)) field(graph, 5, (w) => writeInts(w, name, data));
  if (source.nodes === undefined && source.external === undefined)
    field(graph, 5, (w) => writeFloats(w, "w", [1], [2]));
  if (source.external !== undefined) field(graph, 5, (w) => writeExternal(w, "w", source.external!));
  for (const [name, value] of Object.entries(source.sparse ?? {}))
    field(graph, 15, (w) => writeSparse(w, name, value));
  for (const [name, shape] of Object.entries(inputs))
    field(graph, 11, (w) => writeValue(w, name, shape, intInputs.includes(name) ? INT64 : FLOAT));
  for (const name of outputs) field(graph, 12, (w) => writeValue(w, name));
  const model = new BinaryWriter();
  model.tag(1, WireType.Varint).int64(8);
  field(model, 7, (w) => w.raw(graph.finish()));
  field(model, 8, (w) => w.tag(2, WireType.Varint).int64(source.opset ?? 20));
  for (const entry of source.functions ?? []) field(model, 25, (w) => writeFunction(w, entry));
  return model.finish();
}

function writeFunction(
  writer: BinaryWriter,
  { name, domain, inputs, outputs, nodes, defaults = {} }: FunctionSource,
): void {
  text(writer, 1, name);
  for (const input of inputs) text(writer, 4, input);
  for (const output of outputs) text(writer, 5, output);
  for (const node of nodes) field(writer, 7, (w) => writeNode(w, node, undefined));
  field(writer, 9, (w) => w.tag(2, WireType.Varint).int64(20));
  text(writer, 10, domain);
  for (const [key, value] of Object.entries(defaults))
    field(writer, 11, (w) => writeAttribute(w, key, value));
}

function writeSparse(writer: BinaryWriter, name: string, { dims, indices, values }: Sparse): void {
  field(writer, 1, (w) => writeFloats(w, name, [values.length], values));
  const width = Array.isArray(indices[0]) ? [indices[0].length] : [];
  field(writer, 2, (w) => {
    for (const size of [indices.length, ...width]) w.tag(1, WireType.Varint).int64(size);
    w.tag(2, WireType.Varint).int64(INT64);
    for (const index of indices.flat()) w.tag(7, WireType.Varint).int64(index);
  });
  for (const size of dims) writer.tag(3, WireType.Varint).int64(size);
}

function field(writer: BinaryWriter, number: number, write: (writer: BinaryWriter) => void): void {
  const inner = new BinaryWriter();
  write(inner);
  writer.tag(number, WireType.LengthDelimited).bytes(inner.finish());
}

function text(writer: BinaryWriter, number: number, value: string): void {
  writer.tag(number, WireType.LengthDelimited).string(value);
}

function writeNode(
  writer: BinaryWriter,
  [op, inputs, outputs, attributes = {}]: NodeSource,
  name: string | undefined,
): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  if (name !== undefined) text(writer, 3, name);
  const [domain, operator] = op.includes(":") ? op.split(":") : ["", op];
  text(writer, 4, operator);
  if (domain !== "") text(writer, 7, domain);
  for (const [key, value] of Object.entries(attributes))
    field(writer, 5, (w) => writeAttribute(w, key, value));
}

function writeAttribute(writer: BinaryWriter, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  const type = (number: number): void => void writer.tag(20, WireType.Varint).int64(number);
  if (typeof value === "string") {
    text(writer, 4, value);
    type(3);
  } else if (typeof value === "number" && Number.isInteger(value)) {
    writer.tag(3, WireType.Varint).int64(value);
    type(2);
  } else if (typeof value === "object" && "nodes" in value) {
    field(writer, 6, (graph) => {
      for (const node of value.nodes) field(graph, 1, (w) => writeNode(w, node, undefined));
      for (const input of value.inputs ?? []) field(graph, 11, (w) => writeValue(w, input));
      for (const output of [value.output].flat()) field(graph, 12, (w) => writeValue(w, output));
    });
    type(5);
  } else if (typeof value === "object" && "of" in value) {
    text(writer, 21, value.of);
  } else if (typeof value === "object" && "external" in value) {
    field(writer, 5, (w) => writeExternal(w, "", value.external));
    type(4);
  } else if (typeof value === "object" && "sparse" in value) {
    field(writer, 22, (w) => writeSparse(w, "", value.sparse));
    type(11);
  } else if (typeof value === "number" || "float" in value) {
    writer.tag(2, WireType.Bit32).float(typeof value === "number" ? value : value.float);
    type(1);
  } else {
    for (const entry of value) writer.tag(8, WireType.Varint).int64(entry);
    type(7);
  }
}

function writeFloats(
  writer: BinaryWriter,
  name: string,
  shape: readonly number[],
  data: readonly number[],
): void {
  for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int64(FLOAT);
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(Float32Array.from(data).buffer));
}

function writeInts(writer: BinaryWriter, name: string, data: readonly number[]): void {
  writer.tag(1, WireType.Varint).int64(data.length);
  writer.tag(2, WireType.Varint).int64(INT64);
  for (const entry of data) writer.tag(7, WireType.Varint).int64(entry);
  text(writer, 8, name);
}

function writeExternal(writer: BinaryWriter, name: string, location: string): void {
  writer.tag(1, WireType.Varint).int64(1);
  writer.tag(2, WireType.Varint).int64(FLOAT);
  text(writer, 8, name);
  field(writer, 13, (w) => {
    text(w, 1, "location");
    text(w, 2, location);
  });
  writer.tag(14, WireType.Varint).int64(1);
}

function writeValue(
  writer: BinaryWriter,
  name: string,
  shape?: readonly (number | string)[],
  elementType = FLOAT,
): void {
  text(writer, 1, name);
  field(writer, 2, (type) =>
    field(type, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int64(elementType);
      if (shape === undefined) return;
      field(tensor, 2, (dims) =>
        shape.forEach((size) =>
          field(dims, 1, (d) => {
            if (typeof size === "string") text(d, 2, size);
            else d.tag(1, WireType.Varint).int64(size);
          }),
        ),
      );
    }),
  );
}
