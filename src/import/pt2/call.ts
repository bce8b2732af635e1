import type { GraphBuilder } from "../../graph/builder.js";
import { normalizeAxis } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { Shape, Tensor } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { clampInt } from "../elements.js";
import { Unavailable } from "../layerLog.js";
import schema from "./aten-schema.json" with { type: "json" };
import type { ExportedArgument } from "./program.js";

type Plain = null | boolean | number | string | readonly Plain[];

/** Default values by overload and argument, of PyTorch's native_functions.yaml; None is left out. */
const defaults = new Map<string, Readonly<Record<string, Plain>>>(Object.entries(schema));

/** The values of a program by their names: tensors, and sizes that the program computes. */
export interface ProgramScope {
  readonly tensors: Map<string, ValueId>;
  readonly sizes: Map<string, number>;
}

/** One call of an ATen operator: its arguments by name, with the operator's own defaults, as the types that rules ask for. */
export class AtenCall {
  private readonly arguments: ReadonlyMap<string, ExportedArgument>;

  constructor(
    readonly builder: GraphBuilder,
    readonly operator: string,
    given: readonly { readonly name: string; readonly arg: ExportedArgument }[],
    readonly scope: ProgramScope,
    /** Whether the program reads the call's result of this number. */
    readonly reads: (result: number) => boolean = () => true,
  ) {
    this.arguments = new Map(given.map(({ name, arg }) => [name, arg]));
  }

  /** Names of the arguments that are given, in order. */
  argumentNames(): string[] {
    return [...this.arguments.keys()];
  }

  /** Whether the argument is given and not None. */
  has(name: string): boolean {
    const argument = this.arguments.get(name);
    if (argument !== undefined) return !("as_none" in argument);
    return (defaults.get(this.operator)?.[name] ?? null) !== null;
  }

  tensor(name: string): ValueId {
    const argument = this.arguments.get(name);
    if (argument !== undefined && "as_tensor" in argument) return this.lookUp(argument.as_tensor);
    // A number where a tensor is asked for, as in add(x, 1).
    const value = this.plain(name);
    if (typeof value === "boolean") return this.builder.scalar(Number(value), "bool");
    if (value === null || value === undefined || Array.isArray(value)) throw this.mistyped(name, "a tensor");
    return this.builder.scalar(this.number(name), this.isFloat(name) ? "float" : "int");
  }

  optionalTensor(name: string): ValueId | undefined {
    return this.has(name) ? this.tensor(name) : undefined;
  }

  tensors(name: string): ValueId[] {
    const list = this.arguments.get(name)?.as_tensors;
    if (!Array.isArray(list)) throw this.mistyped(name, "a list of tensors");
    return list.map((entry) => this.lookUp(entry));
  }

  /** A list in which None leaves a gap. */
  optionalTensors(name: string): (ValueId | undefined)[] {
    const list = this.arguments.get(name)?.as_optional_tensors;
    if (!Array.isArray(list)) return this.tensors(name);
    return (list as ExportedArgument[]).map((entry) =>
      "as_tensor" in entry ? this.lookUp(entry.as_tensor) : undefined,
    );
  }

  /** A tensor that does not depend on the model's inputs. */
  constant(name: string): Tensor {
    const value = this.builder.constantOf(this.tensor(name));
    if (value === undefined)
      throw new OperatorError(`${name} must be constant, but depends on the model's input`);
    return value;
  }

  /** As PyTorch computes with it: a fraction in the precision of float32, in which other formats have it too. */
  number(name: string): number {
    const value = this.plain(name);
    if (typeof value === "number") return Number.isInteger(value) ? value : Math.fround(value);
    if (typeof value === "boolean") return Number(value);
    if (value === "Infinity" || value === "-Infinity" || value === "NaN") return Number(value);
    throw this.mistyped(name, "a number");
  }

  int(name: string): number {
    const value = this.number(name);
    if (!Number.isInteger(value)) throw this.mistyped(name, "an integer");
    return clampInt(value);
  }

  flag(name: string): boolean {
    const value = this.plain(name);
    if (typeof value !== "boolean") throw this.mistyped(name, "true or false");
    return value;
  }

  text(name: string): string {
    const value = this.plain(name);
    if (typeof value !== "string") throw this.mistyped(name, "a text");
    return value;
  }

  /** A list of integers; one integer stands for as many as `length`, as PyTorch takes it. */
  ints(name: string, length?: number): number[] {
    const value = this.plain(name);
    const list = Array.isArray(value) ? (value as readonly Plain[]) : [value];
    if (!list.every((entry) => Number.isInteger(entry))) throw this.mistyped(name, "a list of integers");
    const ints = (list as number[]).map(clampInt);
    return length !== undefined && ints.length === 1 ? new Array<number>(length).fill(ints[0]) : ints;
  }

  floats(name: string): number[] {
    const value = this.plain(name);
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === "number")) {
      throw this.mistyped(name, "a list of numbers");
    }
    return value;
  }

  /** The axis that an argument names, counted from the front of a tensor of this shape. */
  axis(name: string, shape: Shape): number {
    const axis = normalizeAxis(this.int(name), shape.length);
    if (axis === undefined) throw new OperatorError(`there is no axis ${this.int(name)} in ${shape.length}`);
    return axis;
  }

  shapeOf(name: string): Shape {
    return this.builder.shapeOf(this.tensor(name));
  }

  private plain(name: string): Plain | undefined {
    const argument = this.arguments.get(name);
    if (argument === undefined) return defaults.get(this.operator)?.[name];
    const [kind, value] = Object.entries(argument)[0] ?? [];
    if (kind === "as_none") return null;
    if (kind === "as_sym_int" || kind === "as_sym_float" || kind === "as_sym_bool") return this.size(value);
    if (kind === "as_sym_ints") return (value as unknown[]).map((entry) => this.size(entry));
    return value as Plain;
  }

  /** {"as_int": 3}, or {"as_name": "sym_size_int"} of an earlier node. */
  private size(value: unknown): Plain {
    const entry = value as Record<string, unknown>;
    if (typeof entry.as_name === "string") {
      const size = this.scope.sizes.get(entry.as_name);
      if (size === undefined) throw new Unavailable(entry.as_name);
      return size;
    }
    return Object.values(entry)[0] as Plain;
  }

  private lookUp(reference: unknown): ValueId {
    const name = (reference as { name?: unknown } | null | undefined)?.name;
    const value = typeof name === "string" ? this.scope.tensors.get(name) : undefined;
    if (value === undefined) throw new Unavailable(String(name));
    return value;
  }

  private isFloat(name: string): boolean {
    const argument = this.arguments.get(name);
    return argument !== undefined && "as_float" in argument;
  }

  private mistyped(name: string, wanted: string): OperatorError {
    return new OperatorError(`argument "${name}" must be ${wanted}`);
  }
}
