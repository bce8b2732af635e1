import { expect } from "chai";
import { readFileSync } from "node:fs";
import { AbiCoder, Interface, makeError, ZeroAddress, ZeroHash, zeroPadBytes, type ParamType } from "ethers";
import { artifacts, network } from "hardhat";
import { explain, explainRefusal } from "../../src/client/errors.js";
import * as client from "../../src/client/index.js";
import { REFUSALS } from "../../src/client/refusals.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/factories/ModelRegistry__factory.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { COMMITMENT } from "../contracts/helpers/escrow.js";
import { keys } from "../contracts/helpers/fixture.js";

const KEY = keys.contributed;
const [G1, G2] = [KEY.vk_alpha_1, KEY.vk_beta_2];
const PROOF = { pi_a: G1, pi_b: G2, pi_c: G1, protocol: "groth16", curve: "bn128" } as const;

/** Every error that a contract can revert with: those of examples and test contracts are not of the package's own. */
async function declared(): Promise<Map<string, string>> {
  const errors = new Map<string, string>();
  for (const name of await artifacts.getAllFullyQualifiedNames()) {
    if (/^contracts\/(test|examples)\//.test(name) || !name.startsWith("contracts/")) continue;
    const { abi } = await artifacts.readArtifact(name);
    for (const fragment of new Interface(abi as never[]).fragments) {
      if (fragment.type === "error") errors.set(fragment.format("full").replace(/^error /, ""), name);
    }
  }
  return errors;
}

/** Any value of a type. */
const some = ({ baseType, type }: ParamType): unknown => {
  if (baseType === "string") return "a text";
  if (baseType === "address") return zeroPadBytes("0x11", 20);
  return type.startsWith("bytes") ? zeroPadBytes("0x11", Number(type.slice(5) || 3)) : 3;
};

const explained = (error: unknown): Torch2CircomError => {
  const result = explain(error);
  expect(result, String(error)).to.be.instanceOf(Torch2CircomError);
  return result as Torch2CircomError;
};

describe("Errors of contracts", () => {
  it("have words and a remedy, each of every contract of the package", async () => {
    const all = await declared();
    expect(all.size).to.be.greaterThan(50);
    for (const [declaration, contract] of all)
      expect(REFUSALS, `${declaration} of ${contract}`).to.have.property(declaration);
    for (const [declaration, [meaning, remedy]] of Object.entries(REFUSALS)) {
      expect(meaning, declaration).to.match(/^[a-z].*[^.]$/);
      expect(remedy, declaration).to.match(/^[A-Z].*\.$/);
    }
  });

  it("are read from what a node gives, at whatever depth, with the arguments", () => {
    const known = new Interface(Object.keys(REFUSALS).map((one) => `error ${one}`));
    let count = 0;
    known.forEachError((fragment) => {
      const data = known.encodeErrorResult(fragment, fragment.inputs.map(some));
      const wraps = [
        { data },
        { error: { data } },
        { info: { error: { data: { data } } } },
        { cause: { error: { data } } },
      ];
      for (const wrap of wraps) {
        const { code, problem, remedy } = explained(Object.assign(new Error("execution reverted"), wrap));
        const [meaning, expected] = REFUSALS[fragment.format("full").replace(/^error /, "")];
        expect([code, remedy]).to.deep.equal(["CONTRACT_REFUSED", expected]);
        expect(problem).to.contain(`${fragment.name}(`).and.to.contain(meaning);
      }
      count++;
    });
    expect(count).to.equal(Object.keys(REFUSALS).length);
  });

  it("of others are told by their selector, or by a token's text, bounded and printable", () => {
    const revert = (data: string) => explained(Object.assign(new Error("execution reverted"), { data }));
    expect(revert("0x12345678").problem).to.contain("0x12345678");
    // Data that is damaged is no reason to fail otherwise.
    expect(
      revert(`${new Interface(["error InvalidPayee(bytes32,address)"]).getError("InvalidPayee")!.selector}00`)
        .problem,
    ).to.contain("not known here");
    const text = `FiatToken: \u001b[2J${"x".repeat(5000)}`;
    const coded = AbiCoder.defaultAbiCoder().encode(["string"], [text]);
    const { problem } = revert(`0x08c379a0${coded.slice(2)}`);
    expect(problem)
      .to.match(/^[\x20-\x7e…]*$/)
      .and.to.contain("FiatToken");
    expect(problem.length).to.be.lessThan(300);
  });
});

describe("Errors of nodes, wallets and ethers", () => {
  const info = { error: { code: -32000, message: "" } };
  const rpc = (message: string, code = -32000) => Object.assign(new Error(message), { code });
  const coalesced = (message: string) =>
    makeError("could not coalesce error", "UNKNOWN_ERROR", { error: { code: -32000, message } });
  const cases: Record<string, [error: Error, code: string]> = {
    "no data": [
      makeError("missing revert data", "CALL_EXCEPTION", { data: null, info } as never),
      "CONTRACT_REFUSED",
    ],
    "mined and reverted": [
      makeError("transaction execution reverted", "CALL_EXCEPTION", { receipt: { status: 0 } } as never),
      "CONTRACT_REFUSED",
    ],
    "no funds": [makeError("insufficient funds", "INSUFFICIENT_FUNDS", {} as never), "INSUFFICIENT_FUNDS"],
    "no funds, Hardhat": [rpc("Sender doesn't have enough funds to send tx."), "INSUFFICIENT_FUNDS"],
    "no funds, geth": [coalesced("insufficient funds for gas * price + value"), "INSUFFICIENT_FUNDS"],
    nonce: [makeError("nonce has already been used", "NONCE_EXPIRED", {} as never), "TRANSACTION_REFUSED"],
    "nonce, Hardhat": [rpc("Nonce too low. Expected nonce to be 1 but got 0."), "TRANSACTION_REFUSED"],
    "nonce too high": [rpc("Nonce too high. Expected nonce to be 0 but got 9."), "TRANSACTION_REFUSED"],
    replacement: [
      makeError("replacement fee too low", "REPLACEMENT_UNDERPRICED", {} as never),
      "TRANSACTION_REFUSED",
    ],
    "replacement, Hardhat": [
      rpc("Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 2 wei is necessary"),
      "TRANSACTION_REFUSED",
    ],
    underpriced: [coalesced("transaction underpriced"), "TRANSACTION_REFUSED"],
    "base fee": [coalesced("max fee per gas less than block base fee"), "TRANSACTION_REFUSED"],
    known: [coalesced("already known"), "TRANSACTION_REFUSED"],
    gas: [
      rpc("Transaction gas limit is 40000000 and exceeds block gas limit of 30000000"),
      "TRANSACTION_REFUSED",
    ],
    replaced: [
      makeError("transaction was replaced", "TRANSACTION_REPLACED", {} as never),
      "TRANSACTION_REFUSED",
    ],
    denied: [makeError("user rejected action", "ACTION_REJECTED", {} as never), "ACTION_DENIED"],
    "denied, EIP-1193": [
      rpc("MetaMask Tx Signature: User denied transaction signature.", 4001),
      "ACTION_DENIED",
    ],
    network: [makeError("could not detect network", "NETWORK_ERROR", {} as never), "NETWORK_UNREACHABLE"],
    timeout: [makeError("request timeout", "TIMEOUT", {} as never), "NETWORK_UNREACHABLE"],
    server: [makeError("server response 502", "SERVER_ERROR", {} as never), "NETWORK_UNREACHABLE"],
    "no connection": [rpc("fetch failed"), "NETWORK_UNREACHABLE"],
    "no such host": [
      Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }),
      "NETWORK_UNREACHABLE",
    ],
    "another contract": [
      makeError("could not decode result data", "BAD_DATA", { value: "0x" }),
      "CONTRACT_FOREIGN",
    ],
    argument: [
      makeError("invalid BytesLike value", "INVALID_ARGUMENT", { argument: "value", value: "me" }),
      "INVALID_ARGUMENT",
    ],
    unknown: [coalesced("rate limit exceeded"), "NODE_REFUSED"],
    "a method that is not there": [rpc("the method eth_x does not exist", -32601), "NODE_REFUSED"],
  };
  for (const [what, [error, code]] of Object.entries(cases))
    it(`are told in words: ${what}`, () => {
      const result = explained(error);
      expect(result.code).to.equal(code);
      expect(result.remedy).to.match(/^[A-Z].*\.$/s);
      expect(result.cause).to.equal(error);
    });

  it("have a case for each code of ethers that a call can end with", () => {
    const types = readFileSync("node_modules/ethers/lib.esm/utils/errors.d.ts", "utf8");
    const codes = [.../type ErrorCode = (.*);/.exec(types)![1].matchAll(/"(\w+)"/g)].map(([, code]) => code);
    expect(codes.length).to.be.greaterThan(20);
    // Defects of a program, not failures of a call.
    for (const code of codes.filter((one) => one !== "BUFFER_OVERRUN"))
      explained(makeError("it failed", code as never, {}));
  });

  it("leave a defect of the program as it is", () => {
    const defect = new TypeError("x is not a function");
    expect(explain(defect)).to.equal(defect);
    expect(explain("a text")).to.equal("a text");
  });

  it("are those of Hardhat's node, when it is asked for what it refuses", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const poor = ethers.Wallet.createRandom(ethers.provider);
    const code = async (run: () => Promise<unknown>) =>
      explainRefusal(run).then(
        () => expect.fail("it was not refused"),
        (error: Torch2CircomError) => error.code,
      );
    const to = signer.address;
    await signer.sendTransaction({ to });
    expect(await code(() => poor.sendTransaction({ to, value: 1n }))).to.equal("INSUFFICIENT_FUNDS");
    expect(await code(() => signer.sendTransaction({ to, nonce: 0 }))).to.equal("TRANSACTION_REFUSED");
    expect(await code(() => signer.sendTransaction({ to, gasLimit: 10n ** 9n }))).to.equal(
      "TRANSACTION_REFUSED",
    );
    expect(
      await code(() => signer.sendTransaction({ to, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n })),
    ).to.equal("TRANSACTION_REFUSED");
    // PUSH1 0, PUSH1 0, REVERT
    expect(await code(() => signer.sendTransaction({ data: "0x60006000fd" }))).to.equal("CONTRACT_REFUSED");
    expect(
      await code(() =>
        new ethers.Contract(to, ["function f() view returns (uint)"], signer).getFunction("f")(),
      ),
    ).to.equal("CONTRACT_FOREIGN");
    await ethers.provider.send("evm_setAutomine", [false]);
    await signer.sendTransaction({ to });
    const nonce = await signer.getNonce("latest");
    expect(await code(() => signer.sendTransaction({ to, nonce, value: 2n }))).to.equal(
      "TRANSACTION_REFUSED",
    );
  });
});

describe("What the client throws", () => {
  it("is never a raw error of ethers: each call of another contract, and of an account without money", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const token = await (await new TestToken__factory(signer).deploy()).getAddress();
    const foreign = {
      registry: ModelRegistry__factory.connect(token, signer),
      escrow: InferenceEscrow__factory.connect(token, signer),
    };
    const poor = ethers.Wallet.createRandom(ethers.provider);
    const request = { modelId: ZeroHash, inputCommitment: 1n, amount: 1n };
    const job = await client.jobTerms(signer, request);
    const settlement = { job, payee: token, proof: PROOF, outputWords: [1n] };
    const attempts: Record<string, () => Promise<unknown>> = {
      authorizeSettlement: () => client.authorizeSettlement(foreign, signer, { ...job, token }),
      contractsAt: () => client.contractsAt({ registry: "0x12", escrow: token }, signer),
      deployContracts: () => client.deployContracts(poor, { fundFactory: true }),
      fulfillAndWithdraw: () => client.fulfillAndWithdraw(foreign, signer, settlement),
      fulfillMany: () =>
        client.fulfillMany(foreign, signer, [settlement], { jobs: 2, commitment: 1n, proof: PROOF }),
      fulfillPipeline: () =>
        client.fulfillPipeline(foreign, signer, settlement, { proofs: [PROOF], edges: [] }),
      fulfillJob: () => client.fulfillJob(foreign, signer, job, token, PROOF, [1n]),
      jobState: () => client.jobState(foreign, ZeroHash),
      "jobState of no id": () => client.jobState(foreign, "0x00"),
      refundJob: () => client.refundJob(foreign, signer, job),
      registerModel: () => client.registerModel(foreign, KEY, COMMITMENT, ""),
      registerPipeline: () =>
        client.registerPipeline(foreign, { keys: [KEY, KEY], segments: [0, 1] }, COMMITMENT, ""),
      registerSet: () => client.registerSet(foreign, KEY, [{ jobs: 2, key: KEY }], COMMITMENT, ""),
      requestInference: () => client.requestInference(foreign, signer, request),
      "requestInference in a token": () =>
        client.requestInference(foreign, poor, { ...request, token: ZeroAddress.replace(/.$/, "9") }),
      requireOwnContracts: () => client.requireOwnContracts(foreign),
      settleJob: () => client.settleJob(foreign, signer, settlement),
      settleJobs: () => client.settleJobs(foreign, signer, [settlement]),
      settleMany: () =>
        client.settleMany(foreign, signer, [settlement], { jobs: 2, commitment: 1n, proof: PROOF }),
      settlePipeline: () =>
        client.settlePipeline(foreign, signer, settlement, { proofs: [PROOF], edges: [] }),
      withdrawBalance: () => client.withdrawBalance(foreign, signer),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      const error = await attempt().then(
        () => expect.fail(`${name} was not refused`),
        (reason: unknown) => reason,
      );
      expect(error, `${name}: ${(error as Error).stack}`).to.be.instanceOf(Torch2CircomError);
    }
  });
});
