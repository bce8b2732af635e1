import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  parseContained,
  parseInnerSignal,
  parseStatement,
  type Contained,
  type InnerSignal,
  type Statement,
} from "./language.js";

/** What a template says of itself in the comment in front of it. */
export interface Claims {
  readonly template: string;
  readonly parameters: readonly string[];
  /** What must hold of parameters and inputs: without it, neither uniqueness nor existence of a witness is shown. */
  readonly assumes: readonly Statement[];
  /** What its constraints then show of outputs and inputs. */
  readonly guarantees: readonly Statement[];
  /** The instances inside, those that it is composed of among them. */
  readonly contains: readonly Contained[];
  /** The instances that the template is, together with wires between them; none where it has constraints of its own. */
  readonly composes: readonly Contained[];
  /** The signals by which composed instances read each other, beside the template's inputs and outputs. */
  readonly signals: readonly InnerSignal[];
}

/** Reads the claims of all templates in the `.circom` files of a folder and those below it. @throws SyntaxError naming the template */
export function readLibrary(folder: string): ReadonlyMap<string, Claims> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((file) => file.endsWith(".circom"));
  const claims = files.flatMap((file) => readClaims(readFileSync(join(folder, file), "utf8")));
  return new Map(claims.map((one) => [one.template, one]));
}

/** The claims of the templates of one text. */
export function readClaims(text: string): Claims[] {
  const templates = /(?:\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*)?^template (\w+)\(([^)]*)\)/gm;
  return [...text.matchAll(templates)].map(([, comment = "", template, list]) => {
    try {
      const composes = linesOf(comment, "composes").map(parseContained);
      return {
        template: template,
        parameters: list
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== ""),
        assumes: linesOf(comment, "assume").map(parseStatement),
        guarantees: linesOf(comment, "guarantee").map(parseStatement),
        contains: [...linesOf(comment, "contains").map(parseContained), ...composes],
        composes,
        signals: linesOf(comment, "signal").map(parseInnerSignal),
      };
    } catch (error) {
      throw new SyntaxError(`the claims of ${template} cannot be read: ${(error as Error).message}`);
    }
  });
}

/** The texts of one tag; a line that is indented further goes on with the one before. */
function linesOf(comment: string, tag: string): string[] {
  const found: string[] = [];
  let open = false;
  for (const line of comment.split("\n")) {
    const [, start] = new RegExp(`^ \\* @${tag} (.*)$`).exec(line) ?? [];
    const [, more] = /^ \* {3,}(.*)$/.exec(line) ?? [];
    if (start !== undefined) found.push(start);
    else if (open && more !== undefined) found[found.length - 1] += ` ${more}`;
    open = start !== undefined || (open && more !== undefined);
  }
  return found;
}
