import { OperatorError } from "../../errors/operatorError.js";
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from "./proto.js";

/** The functions that a model brings along, by what its nodes call them. */
export class Functions {
  private readonly byName: ReadonlyMap<string, FunctionProto>;

  constructor(functions: readonly FunctionProto[]) {
    this.byName = new Map(functions.map((entry) => [key(entry.domain, entry.name, entry.overload), entry]));
  }

  calledBy({ domain, opType, overload }: NodeProto): FunctionProto | undefined {
    return this.byName.get(key(domain, opType, overload));
  }
}

function key(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === "ai.onnx" ? "" : domain, name, overload]);
}

/** The nodes of a function as this call means them: its attributes stand where the function refers to them. */
export function bodyOf(called: FunctionProto, call: NodeProto): NodeProto[] {
  const given = new Map([...called.defaults, ...call.attribute].map((entry) => [entry.name, entry]));
  return called.node.map((node) => withAttributes(node, given));
}

function withAttributes(node: NodeProto, given: ReadonlyMap<string, AttributeProto>): NodeProto {
  const attribute = node.attribute.flatMap((own) => {
    if (own.refName !== "") {
      const value = given.get(own.refName);
      // One that neither the call nor the function gives is left to the operator's default.
      return value === undefined ? [] : [{ ...value, name: own.name }];
    }
    return own.g === undefined ? [own] : [{ ...own, g: withinGraph(own.g, given) }];
  });
  return { ...node, attribute };
}

function withinGraph(graph: GraphProto, given: ReadonlyMap<string, AttributeProto>): GraphProto {
  return { ...graph, node: graph.node.map((node) => withAttributes(node, given)) };
}

/** Functions call each other only so deep, and never themselves. */
const MAX_CALLS = 32;

export function requireEnd(called: FunctionProto, callers: readonly FunctionProto[]): void {
  if (callers.includes(called)) throw new OperatorError(`the function "${called.name}" calls itself`);
  if (callers.length >= MAX_CALLS)
    throw new OperatorError(`functions call each other deeper than ${MAX_CALLS}`);
}
