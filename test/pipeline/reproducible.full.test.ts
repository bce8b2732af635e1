import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildThere, OTHER_MATH, programThere } from "./processes.js";

/** Versions beside the pinned one: npm's package `node` has their binaries, some 190 MB each. The older one cannot link. */
const NEWER = "24.21.0";
const OLDER = "20.20.2";

const MODELS = [
  ...[
    "iris_mlp",
    "act_mix_mlp",
    "digits_mlp",
    "linreg_breast",
    "lstm_digits",
    "vit_tiny_sdpa",
    "digits_transformer_mha",
  ],
  ...["seed_transformer_l2", "mobilenetv2_tiny", "ae_convtranspose", "nanogpt_tiny"],
];

/** The path of a Node, which npm brings the first time. */
async function nodeOf(version: string): Promise<string> {
  const folder = resolve("cache", "nodes", version);
  const path = join(
    folder,
    "node_modules",
    "node",
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (!existsSync(path))
    await promisify(execFile)("npm", [
      "install",
      "--prefix",
      folder,
      "--no-audit",
      "--no-fund",
      `node@${version}`,
    ]);
  return path;
}

describe("builds by other versions of Node", function () {
  for (const model of MODELS)
    it(`${model} is the same by Node ${NEWER}, and with the last digits of another Math`, async () => {
      const own = await buildThere(model, {});
      expect(own.again).to.deep.equal(own.built);
      for (const surrounding of [{ node: await nodeOf(NEWER) }, { options: OTHER_MATH }]) {
        const other = await buildThere(model, surrounding);
        expect(other.built).to.deep.equal(own.built);
        expect(other.recipe).to.equal(own.recipe);
      }
      expect(await programThere(model, { node: await nodeOf(OLDER) })).to.equal(own.built.program);
    });
});
