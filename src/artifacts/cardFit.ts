import { oneLine } from "../errors/oneLine.js";
import { rangeOf } from "../tensor/range.js";
import { sizeOf } from "../tensor/tensor.js";
import type { Card } from "./cardForm.js";

/** What a card is compared with: inputs and outputs of a manifest. */
interface Described {
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly scale: readonly number[];
    readonly offset: readonly number[];
    readonly hi: number;
    readonly packing: { readonly offset: number };
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly kind: "values" | "argmax";
    readonly packing: { readonly width: number };
  }[];
}

/** How many entries a list of a card has, if it is there, and how many it may have. */
type Count = readonly [what: string, list: readonly string[] | undefined, least: number, most?: number];

/**
 * Where a card does not fit the model that it describes.
 *
 * @param card of the model
 * @param model its inputs and outputs, as a manifest has them
 * @param classes number of classes of outputs that are decisions, by name, where it is known. Default: as many as the output's
 *   bits tell apart
 * @returns what is wrong, in words; undefined for a card that fits
 */
export function cardMisfit(
  { inputs = {}, outputs = {} }: Card,
  model: Described,
  classes?: ReadonlyMap<string, number>,
): string | undefined {
  const check = (place: string, counts: readonly Count[] | undefined): string | undefined => {
    if (counts === undefined) return `${place} is none of the model's`;
    const wrong = counts.find(
      ([, list, least, most = least]) => list && !(list.length >= least && list.length <= most),
    );
    if (wrong === undefined) return undefined;
    const [what, list, least, most = least] = wrong;
    return `${place}.${what}: ${list!.length} entries, and the model has ${least === most ? "" : `${least} to `}${most}`;
  };
  const found = [
    ...Object.entries(inputs).map(([name, { features, units, vocabulary, unknown, padding }]) => {
      // Elements of different domains are inputs of their own under one name.
      const own = model.inputs.filter((one) => one.name === name);
      const [first] = own;
      if (first === undefined) return check(`inputs.${name}`, undefined);
      const size = sizeOf(first.shape);
      const stranger = [unknown, padding].find((one) => one !== undefined && !vocabulary?.includes(one));
      if (stranger !== undefined) return `inputs.${name}: "${stranger}" is not in its vocabulary`;
      return check(`inputs.${name}`, [
        ["features", features, size],
        ["units", units, size],
        ["vocabulary", vocabulary, 0, own.every(isWhole) ? rangeOf(own.map(({ hi }) => hi)).greatest + 1 : 0],
      ]);
    }),
    ...Object.entries(outputs).map(([name, card]) => {
      const own = model.outputs.find((one) => one.name === name);
      if (own === undefined) return check(`outputs.${name}`, undefined);
      const { kind, shape, packing } = own;
      const most = 2 ** packing.width;
      const count = kind === "argmax" ? classes?.get(name) : (shape.at(-1) ?? 1);
      return check(`outputs.${name}`, [["classes", card.classes, count ?? most / 2 + 1, count ?? most]]);
    }),
  ];
  const misfit = found.find((one) => one !== undefined);
  // Names of inputs and outputs are a stranger's.
  return misfit && oneLine(misfit);
}

/** Whether elements are numbers of a vocabulary: whole, from 0 on. */
function isWhole({ scale, offset, packing }: Described["inputs"][number]): boolean {
  return packing.offset >= 0 && scale.every((one) => one === 1) && offset.every((one) => one === 0);
}
