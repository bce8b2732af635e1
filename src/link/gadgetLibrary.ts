import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readClaims, type Claims } from "../assumptions/library.js";

/** A template of the circuit library. */
export interface Template {
  readonly claims: Claims;
  /** Path of its file below the library's folder, with forward slashes. */
  readonly file: string;
  /** Names of its input signals, in the order of their declarations; and of its outputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What instances of other templates are called inside, by template. */
  readonly instanceNames: ReadonlyMap<string, string>;
}

/**
 * The templates that generated circuits are made of.
 *
 * @param folder of the circuit library, `circuits`
 * @throws SyntaxError for claims that cannot be read, naming the template
 */
export function readTemplates(folder: string): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>();
  for (const file of globSync("*.circom", { cwd: folder }).sort()) {
    const text = readFileSync(join(folder, file), "utf8");
    const bodies = bodiesOf(text);
    for (const claims of readClaims(text)) {
      const body = bodies.get(claims.template) ?? "";
      const declared = (role: string) =>
        [...body.matchAll(new RegExp(`^\\s+signal ${role} (\\w+)`, "gm"))].map(([, name]) => name);
      templates.set(claims.template, {
        ...{ claims, file },
        ...{ inputs: declared("input"), outputs: declared("output") },
        instanceNames: instanceNames(body),
      });
    }
  }
  return templates;
}

function bodiesOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^template (?=\w+\()/m).slice(1);
  return new Map(parts.map((part) => [/^\w+/.exec(part)![0], part]));
}

/** `component gadget = Requantize(…)`, or `gadget[i] = Requantize(…)`. */
function instanceNames(body: string): ReadonlyMap<string, string> {
  const made = body.matchAll(/^\s+(?:component )?(\w+)(?:\[.*?\])* = ([A-Z]\w*)\(/gm);
  return new Map([...made].map(([, name, template]) => [template, name]));
}
