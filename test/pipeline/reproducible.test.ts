import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { buildThere, OTHER_MATH, type BuiltThere } from "./processes.js";

/** The second has most functions of one number. */
for (const model of ["iris_mlp", "act_mix_mlp"])
  describe(`two builds of ${model}`, function () {
    let one: BuiltThere;
    let other: BuiltThere;

    before(async () => {
      [one, other] = await Promise.all([
        buildThere(model, { env: { TZ: "UTC", LC_ALL: "C" } }),
        buildThere(model, {
          env: { TZ: "Pacific/Chatham", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
          suffix: " Ω folder",
          options: OTHER_MATH,
        }),
      ]);
    });

    it("are the same, byte for byte, whatever the folder, the locale, the time zone and the last digits of Math", () => {
      expect(other.built).to.deep.equal(one.built);
      expect(other.recipe).to.equal(one.recipe);
      expect(other.report).to.equal(one.report);
      expect(other.modelHash).to.equal(one.modelHash);
    });

    it("have keys of their own: only secrets differ", () => {
      expect(other.verificationKey).to.not.equal(one.verificationKey);
    });

    it("are what their recipe makes", () => {
      for (const { built, again } of [one, other]) expect(again).to.deep.equal(built);
    });

    it("name neither their folder nor a time in any file that is hashed", () => {
      for (const { folder } of [one, other]) {
        const manifest = JSON.parse(readFileSync(join(folder, "build", "manifest.json"), "utf8")) as {
          files: Record<string, string>;
        };
        for (const file of ["manifest.json", ...Object.values(manifest.files)]) {
          const text = readFileSync(join(folder, "build", file), "latin1");
          expect(text, file).to.not.include(Buffer.from(folder).toString("latin1"));
          expect(text, file).to.not.include(process.cwd());
          expect(text, file).to.not.match(
            /\b20\d\d-[01]\d-[0-3]\dT|\b20\d\d-[01]\d-[0-3]\d\b|\d\d:\d\d:\d\d/,
          );
        }
      }
    });
  });
