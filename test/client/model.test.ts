import { expect } from "chai";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { hashOf } from "../../src/artifacts/hash.js";
import type { Manifest } from "../../src/artifacts/manifest.js";
import {
  decodeOutputs,
  encodeOutputs,
  encryptOutputWords,
  fetchModel,
  inputCommitment,
  modelUri,
  quantizeSample,
  randomSalt,
  Torch2CircomError,
  type Contracts,
} from "../../src/client/index.js";
import { commitInput } from "../../src/inference/infer.js";
import { loadModel, type BuiltModel } from "../../src/inference/model.js";
import { modelPaths } from "../../src/artifacts/paths.js";
import { tensor } from "../../src/tensor/tensor.js";
import { makeProject } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

async function codeOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Torch2CircomError).code;
  }
  return "accepted";
}

describe("the client and a model's manifest", function () {
  let folder: string;
  let model: BuiltModel;
  let manifest: Manifest;
  let contracts: Contracts;
  let modelId: string;
  let server: Server;
  let place: string;
  /** What the server sends, by path. */
  const files = new Map<string, string | Uint8Array>();

  before(async () => {
    const { root, hre } = await makeProject();
    await buildOnce(hre);
    folder = join(root, "torch2circom", "iris");
    model = await loadModel(modelPaths(join(root, "torch2circom"), "iris"));
    manifest = model.manifest;
    for (const name of ["manifest.json", "verification_key.json"])
      files.set(`/${name}`, readFileSync(join(folder, name)));
    server = createServer(({ url }, response) => {
      const body = files.get(url!);
      response.statusCode = body === undefined ? 404 : 200;
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`;
    await hre.torch2circom.deploy();
    contracts = await hre.torch2circom.contracts();
    ({ modelId } = await hre.torch2circom.register("iris", { uri: place }));
  });
  after(() => server.close());

  const name = () => manifest.inputs[0].name;
  const sample = [0.3, -1.2, 0.75, 1.2];

  describe("inputs", () => {
    it("become the integers and the commitment of the tools", () => {
      const integers = quantizeSample(manifest, { [name()]: sample });
      const salt = randomSalt();
      const ofTools = commitInput(model, new Map([[name(), tensor("float", [1, 4], sample)]]), salt);
      expect(integers).to.deep.equal(ofTools.integers);
      expect(inputCommitment(manifest, integers, salt)).to.equal(ofTools.commitment);
    });

    it("are rounded half up, to the ends of the domain, and refused beyond by name and element", async () => {
      const { scale, offset, hi, packing } = manifest.inputs[0];
      const real = (q: number) => q * scale[0] + offset[0];
      const of = (value: number) =>
        quantizeSample(manifest, { [name()]: [value, 0, 0, 0].map((v, i) => (i ? real(0) : v)) });
      for (const [q, expected] of [
        [hi, hi],
        [packing.offset, packing.offset],
        [hi + 0.49, hi],
        [-0.5, 0],
        [2.5, 3],
      ])
        expect(of(real(q))[0][0], `${q}`).to.equal(expected);
      for (const value of [real(hi + 0.51), real(packing.offset - 0.51), NaN, Infinity, -Infinity]) {
        expect(await codeOf(() => of(value))).to.equal("INPUT_INVALID");
        expect(() => of(value)).to.throw(`${name()}[0] = ${value} is outside`);
      }
    });

    it("are refused if missing, or of another number of elements", () => {
      expect(() => quantizeSample(manifest, {})).to.throw("is missing");
      expect(() => quantizeSample(manifest, { [name()]: [1, 2, 3] })).to.throw("[3], not [1, 4]");
    });
  });

  describe("outputs", () => {
    it("are decoded from what they are encoded to, within half a step", () => {
      const values = [0.5, -1.25, 0];
      const words = encodeOutputs(manifest, [values]);
      const [answer] = decodeOutputs(manifest, words);
      expect(answer).to.include({ name: manifest.outputs[0].name, kind: "values" });
      const [step] = manifest.outputs[0].scale;
      answer.values.forEach((value, i) => expect(Math.abs(value - values[i])).to.be.at.most(step / 2));
      expect(encodeOutputs(manifest, [answer.values])).to.deep.equal(words);
    });

    it("are decrypted by the input's salt, and by no other", () => {
      const encrypted = { ...manifest, outputMode: "encrypted" as const };
      const words = encodeOutputs(manifest, [[0.5, -1.25, 0]]);
      const shown = encryptOutputWords(BigInt(manifest.domain), 5n, words);
      expect(decodeOutputs(encrypted, shown, { salt: 5n })).to.deep.equal(decodeOutputs(manifest, words));
      expect(() => decodeOutputs(encrypted, shown, { salt: 6n })).to.throw(
        "Give the salt of this very input",
      );
      expect(() => decodeOutputs(encrypted, shown)).to.throw("is encrypted, and no salt is given");
    });

    it("are refused where no proof can show them", async () => {
      const { packing } = manifest.outputs[0];
      const words = encodeOutputs(manifest, [[0, 0, 0]]);
      const attempts = [
        () => decodeOutputs(manifest, []),
        () => decodeOutputs(manifest, [...words, 0n]),
        () => decodeOutputs(manifest, [1n << BigInt(3 * packing.width)]),
        () => decodeOutputs(manifest, [-1n]),
        () => decodeOutputs({ ...manifest, outputMode: "committed" }, [7n]),
        () => decodeOutputs({ ...manifest, outputMode: "committed" }, [7n], { salt: 1n, words }),
        () => decodeOutputs({ ...manifest, outputMode: "encrypted" }, words),
        () => decodeOutputs({ ...manifest, outputMode: "encrypted" }, words, { salt: 1n }),
        () => encodeOutputs(manifest, []),
        () => encodeOutputs(manifest, [[0, 0]]),
        () => encodeOutputs(manifest, [[0, NaN, 0]]),
        () => encodeOutputs(manifest, [[0, 0, 1e9]]),
      ];
      for (const attempt of attempts) expect(await codeOf(attempt), `${attempt}`).to.equal("OUTPUT_INVALID");
    });
  });

  describe("from the registry's uri", () => {
    const announced = async (): Promise<string> => {
      const { registry } = contracts;
      const [event] = await registry.queryFilter(registry.filters.ModelRegistered(modelId));
      return event.args.uri;
    };
    /** Announces what is served then as /other/. */
    const serve = (
      changed: object,
      key: string | Uint8Array = files.get("/verification_key.json")!,
    ): string => {
      const text = JSON.stringify(changed);
      files.set("/other/manifest.json", text);
      files.set("/other/verification_key.json", key);
      return modelUri(place.replace("/manifest", "/other/manifest"), hashOf(text));
    };

    it("are manifest and key, checked against the hash and the model's id", async () => {
      const uri = await announced();
      expect(uri).to.equal(modelUri(place, hashOf(readFileSync(join(folder, "manifest.json")))));
      expect(await fetchModel(modelId, uri)).to.deep.equal({
        manifest,
        verificationKey: model.verificationKey,
        batches: [],
        segments: [],
      });
    });

    it("are refused where they are not what was announced or registered", async () => {
      const uri = await announced();
      const key = JSON.parse(readFileSync(join(folder, "verification_key.json"), "utf8"));
      const otherKey = JSON.stringify({ ...key, IC: [...key.IC].reverse() });
      const hostile = JSON.stringify({ ...key, vk_alpha_1: ["9".repeat(78), "1", "1"] });
      const withKey = (text: string) =>
        serve({ ...manifest, hashes: { ...manifest.hashes, verificationKey: hashOf(text) } }, text);
      const [input] = manifest.inputs;
      const packed = (packing: object) => ({
        ...manifest,
        inputs: [{ ...input, packing: { ...input.packing, ...packing } }],
      });
      for (const [make, expected] of [
        [() => uri.replace(/.$/, (last) => (last === "0" ? "1" : "0")), "FILE_DAMAGED"],
        [() => uri.replace("/manifest", "/nothing/manifest"), "FILE_NOT_READABLE"],
        [() => serve({ ...manifest, hashes: {} }), "FILE_DAMAGED"],
        [() => serve({ ...manifest, hashes: { ...manifest.hashes, r1cs: "0".repeat(64) } }), "KEY_INVALID"],
        [() => serve({ ...manifest, model: { ...manifest.model, sha256: "0".repeat(64) } }), "KEY_INVALID"],
        [() => serve(manifest, otherKey), "FILE_DAMAGED"],
        [() => withKey(otherKey), "KEY_INVALID"],
        [() => withKey(hostile), "FILE_DAMAGED"],
        [() => withKey("[]"), "FILE_DAMAGED"],
        [() => serve({ ...manifest, format: "torch2circom-manifest-0" }), "BUILD_DAMAGED"],
        [() => serve(packed({ count: 2 ** 40 })), "BUILD_DAMAGED"],
        [() => serve(packed({ perWord: 0 })), "BUILD_DAMAGED"],
        [() => serve({ ...manifest, inputs: [{ ...input, scale: [] }] }), "BUILD_DAMAGED"],
        [() => serve({ ...manifest, inputs: [{ ...input, hi: 2 ** 20 }] }), "BUILD_DAMAGED"],
        [() => "manifest:sha256:00", "INVALID_ARGUMENT"],
        [() => place, "INVALID_ARGUMENT"],
        [() => `file://${folder}/manifest.json#sha256=${"0".repeat(64)}`, "INVALID_ARGUMENT"],
      ] as const) {
        const one = make();
        expect(await codeOf(() => fetchModel(modelId, one)), `${make}`).to.equal(expected);
      }
      expect(await codeOf(() => fetchModel(`0x${"00".repeat(32)}`, uri))).to.equal("KEY_INVALID");
    });

    it("are asked of the registrant, if the uri is a hash alone", async () => {
      const error = await fetchModel(modelId, `manifest:sha256:${"0".repeat(64)}`).catch(
        (reason: Error) => reason.message,
      );
      expect(error).to.contain("without a place").and.to.contain("register --uri");
    });

    it("are not read beyond 16 MiB", async () => {
      files.set("/large.json", new Uint8Array(2 ** 24 + 1));
      const uri = modelUri(place.replace("manifest", "large"), "0".repeat(64));
      const error = await fetchModel(modelId, uri).catch((reason: Error) => reason.message);
      expect(error).to.contain("more than 16777216 bytes");
    });
  });
});
