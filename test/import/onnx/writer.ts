import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Attribute values: integers are ints, other numbers floats; wrap a number in `float` to force it. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number } | Branch;

export interface Branch {
  readonly nodes: readonly (readonly [string, readonly string[], readonly string[]])[];
  readonly output: string;
}

export interface ModelSource {
  /** [operator, inputs, outputs, attributes] */
  readonly nodes?: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    Readonly<Record<string, AttributeValue>>?,
  ])[];
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
  for (const [name, shape] of Object.entries(inputs))
    field(graph, 11, (w) => writeValue(w, name, shape, intInputs.includes(name) ? INT64 : FLOAT));
  for (const name of outputs) field(graph, 12, (w) => writeValue(w, name));
  const model = new BinaryWriter();
  model.tag(1, WireType.Varint).int64(8);
  field(model, 7, (w) => w.raw(graph.finish()));
  field(model, 8, (w) => w.tag(2, WireType.Varint).int64(source.opset ?? 20));
  return model.finish();
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
  [op, inputs, outputs, attributes = {}]: NonNullable<ModelSource["nodes"]>[number],
  name: string | undefined,
): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  if (name !== undefined) text(writer, 3, name);
  text(writer, 4, op);
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
      field(graph, 12, (w) => writeValue(w, value.output));
    });
    type(5);
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
