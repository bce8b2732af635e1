import { compileExpression, compileScope, truth, type Evaluate, type Assignment } from "./evaluate.js";
import { interval } from "./functions.js";
import type { Expression, Statement } from "./language.js";
import type { Claims } from "./library.js";
import type { Interval, Truth, Value } from "./values.js";

/** A statement that can be asked for given parameters and signals. */
export interface Claim {
  readonly template: string;
  readonly text: string;
  /** The signals that it speaks of; none where it is about parameters alone. */
  readonly signals: readonly string[];
  /** Calls back with each case of the statement: the values of its `for`, and whether it holds for them. */
  ask(names: Assignment, visit: (truth: Truth, names: Assignment) => void): void;
  /** Where it bounds the input `in`: by what, in each case. */
  readonly inputBounds?: (names: Assignment, visit: (bounds: Interval) => void) => void;
}

interface CompiledClaims {
  readonly parameters: readonly string[];
  readonly assumes: readonly Claim[];
  readonly guarantees: readonly Claim[];
  readonly contains: readonly {
    readonly template: string;
    readonly each: ReturnType<typeof compileScope>;
    readonly parameters: readonly Evaluate[];
    readonly signals: readonly {
      readonly name: string;
      readonly value: Evaluate;
      readonly needs: readonly string[];
    }[];
  }[];
}

/** The claims of a library, ready to be asked. */
export class ClaimBook {
  private readonly compiled = new Map<string, CompiledClaims>();

  constructor(private readonly library: ReadonlyMap<string, Claims>) {}

  /** @throws RangeError where a template is not of the library, or takes another number of parameters */
  names(template: string, parameters: readonly Value[], signals: Assignment): Assignment {
    const known = this.claimsOf(template).parameters;
    if (known.length !== parameters.length)
      throw new RangeError(`${template} takes ${known.length} parameters, not ${parameters.length}`);
    const names = { ...signals };
    for (let i = 0; i < known.length; i++) names[known[i]] = parameters[i];
    return names;
  }

  /** Runs through the claims of an instance, and of all that it contains. */
  walk(
    template: string,
    names: Assignment,
    visit: (claims: CompiledClaims, names: Assignment) => void,
  ): void {
    const claims = this.claimsOf(template);
    visit(claims, names);
    for (const part of claims.contains)
      part.each(names, (own) => {
        const parameters = part.parameters.map((value) => value(own));
        const signals: Assignment = {};
        // A signal that is not known here is not known inside either.
        for (const { name, value, needs } of part.signals)
          if (needs.every((one) => one in own)) signals[name] = value(own);
        this.walk(part.template, this.names(part.template, parameters, signals), visit);
      });
  }

  private claimsOf(template: string): CompiledClaims {
    const known = this.compiled.get(template);
    if (known !== undefined) return known;
    const claims = this.library.get(template);
    if (claims === undefined) throw new RangeError(`there is no template ${template}`);
    const own = new Set(claims.parameters);
    const compiled = {
      parameters: claims.parameters,
      assumes: claims.assumes.map((statement) => claimOf(template, statement, own)),
      guarantees: claims.guarantees.map((statement) => claimOf(template, statement, own)),
      contains: claims.contains.map((part) => ({
        template: part.template,
        each: compileScope(part),
        parameters: part.parameters.map(compileExpression),
        signals: part.signals.map(({ name, value }) => ({
          name,
          value: compileExpression(value),
          needs: namesIn(value),
        })),
      })),
    };
    this.compiled.set(template, compiled);
    return compiled;
  }
}

function claimOf(template: string, statement: Statement, parameters: ReadonlySet<string>): Claim {
  const { text, holds, binders, condition } = statement;
  const each = compileScope(statement);
  const evaluate = compileExpression(holds);
  const bound = new Set([...parameters, ...binders.map(({ name }) => name)]);
  const parts = [holds, ...binders.map(({ value }) => value), ...(condition ? [condition] : [])];
  const claim: Claim = {
    template,
    text,
    signals: parts.flatMap(namesIn).filter((name) => !bound.has(name)),
    ask: (names, visit) => each(names, (own) => visit(truth(evaluate(own)), own)),
  };
  if (holds.kind !== "within" || holds.of.kind !== "name" || holds.of.name !== "in") return claim;
  const [lo, hi] = [compileExpression(holds.lo), compileExpression(holds.hi)];
  return {
    ...claim,
    inputBounds: (names, visit) =>
      each(names, (own) => visit({ lo: interval(lo(own)).lo, hi: interval(hi(own)).hi })),
  };
}

function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "number":
      return [];
    case "name":
      return [expression.name];
    case "call":
      return expression.operands.flatMap(namesIn);
    case "at":
      return [expression.of, expression.index].flatMap(namesIn);
    case "slice":
      return [expression.of, expression.start, expression.count].flatMap(namesIn);
    case "within":
      return [expression.of, expression.lo, expression.hi].flatMap(namesIn);
    case "choice":
      return [expression.if, expression.then, expression.else].flatMap(namesIn);
    case "binary":
      return [expression.left, expression.right].flatMap(namesIn);
  }
}
