import { asserted, same, sameList } from "../findings.js";
import type { Instance, Rule } from "./rule.js";

/** Constant linear maps: nothing is decomposed, so the constants are all that can be wrong. */

export const dense: Rule<"linear"> = {
  kind: "linear",
  check({ operation, arguments: own, x, check }) {
    const { channels, positions, taps, groups, weights, index, bias, secret } = operation;
    check("weights that are to be secret", secret === undefined, () => "they stand in the circuit");
    same(check, "inputs", own.number("inputs"), taps);
    same(check, "the number of inputs", own.number("inputs"), x.lo.length);
    same(check, "outputs", own.number("outputs"), channels);
    same(check, "positions", 1, positions);
    same(check, "groups", 1, groups);
    // Each input is read once, in order.
    sameList(
      check,
      "index",
      Array.from({ length: taps }, (_, k) => k),
      index,
    );
    sameList(check, "weight", own.table("weight", channels, taps), weights);
    sameList(check, "bias", own.list("bias"), bias);
  },
};

export const convolution: Rule<"linear"> = {
  kind: "linear",
  check(instance) {
    const { operation, arguments: own, check } = instance;
    check("weights that are to be secret", operation.secret === undefined, () => "they stand in the circuit");
    same(check, "biases", own.number("biases"), operation.bias.length);
    const { channels, taps } = operation;
    sameList(check, "weight", own.table("weight", channels, taps), operation.weights);
    sameList(check, "bias", own.list("bias"), operation.bias);
    layout(instance);
  },
};

/** What each output reads. */
function layout({ operation, arguments: own, x, check }: Instance<"linear">): void {
  const n = x.lo.length;
  same(check, "inputs", own.number("inputs"), n);
  for (const name of ["channels", "positions", "taps", "groups"] as const)
    same(check, name, own.number(name), operation[name]);
  const { groups, positions, taps } = operation;
  const index = own.table("index", groups * positions, taps);
  sameList(check, "index", index, operation.index);
  for (const source of index)
    check("an index beyond the inputs", source >= -1 && source < n, () => `${source} of ${n}`);
}

export const product: Rule<"product"> = {
  kind: "product",
  check({ operation, arguments: own, check }) {
    // What a product can reach is held to the field with all other tensors.
    same(check, "count", own.number("count"), operation.size);
  },
};

/** Weights and sums of secret layers: see ../secret.ts for what holds the sums. */
export const secretLinear: Rule<"linear"> = {
  kind: "linear",
  check(instance) {
    const { operation, arguments: own, check } = instance;
    const [S, gc, checked, biases] = ["slotBits", "perWord", "checked", "biases"].map((name) =>
      own.number(name),
    );
    check("weights that are public", operation.secret === true, () => "the program has them for all to see");
    asserted(check, {
      [`slotBits >= 2, slotBits = ${S}`]: S >= 2,
      [`perWord >= 1, perWord = ${gc}`]: gc >= 1,
      [`perWord * slotBits <= 253, perWord = ${gc}, slotBits = ${S}`]: gc * S <= 253,
    });
    check("a flag that is neither 0 nor 1", checked === 0 || checked === 1, () => `checked is ${checked}`);
    const { channels, size, bias } = operation;
    check(
      "another number of biases",
      bias.length > 0 ? biases === bias.length : biases === channels || biases === size,
      () => `${biases} for ${channels} channels and ${size} outputs`,
    );
    layout(instance);
  },
};
