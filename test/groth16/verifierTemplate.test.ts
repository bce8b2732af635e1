import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { BaseContract } from "ethers";
import { renderVerifier } from "../../src/groth16/verifierTemplate.js";
import { compileSolidity } from "../contracts/helpers/compile.js";
import { ethers } from "../contracts/helpers/escrow.js";
import { type Inference, keys, prove, provingKey, verifierArguments } from "../contracts/helpers/fixture.js";
import { loadCurve, snarkjs } from "../contracts/helpers/snarkjs.js";

const require = createRequire(import.meta.url);
const OPTIONS = { contractName: "FixtureVerifier", header: "Made by a test\nfrom a fixture" };

describe("renderVerifier", () => {
  let ours: BaseContract;
  let theirs: BaseContract;
  let valid: Inference;

  before(async () => {
    const template = join(dirname(require.resolve("snarkjs")), "..", "templates", "verifier_groth16.sol.ejs");
    const groth16 = readFileSync(template, "utf8");
    ours = await deploy(renderVerifier(keys.contributed, OPTIONS), "FixtureVerifier");
    await loadCurve();
    const exported = await snarkjs.zKey.exportSolidityVerifier(provingKey, { groth16 });
    theirs = await deploy(exported, "Groth16Verifier");
    valid = await prove(4n, 99n, 123456789n);
  });

  async function deploy(source: string, name: string): Promise<BaseContract> {
    const { abi, bytecode } = compileSolidity(source, name);
    const [signer] = await ethers.getSigners();
    return new ethers.ContractFactory(abi, bytecode, signer).deploy();
  }

  async function gas(verifier: BaseContract): Promise<bigint> {
    const [signer] = await ethers.getSigners();
    const call = verifier.getFunction("verifyProof");
    const data = await call.populateTransaction(...verifierArguments(valid.proof), valid.signals);
    const receipt = await (await signer.sendTransaction(data)).wait();
    return receipt!.gasUsed;
  }

  it("has the ABI of snarkjs's verifiers", () => {
    const ourFragment = ours.interface.getFunction("verifyProof")!;
    expect(ourFragment.selector).to.equal(theirs.interface.getFunction("verifyProof")!.selector);
    expect(ourFragment.stateMutability).to.equal("view");
    expect(ourFragment.outputs[0].type).to.equal("bool");
  });

  it("costs no more gas than snarkjs's verifiers", async () => {
    expect(await gas(ours)).to.be.at.most(await gas(theirs));
  });

  it("fits the limit of a contract's code (EIP-170) with 250 public signals", () => {
    const { contributed } = keys;
    const IC = Array.from({ length: 251 }, (_, i) => contributed.IC[i % contributed.IC.length]);
    const { bytecode } = compileSolidity(
      renderVerifier({ ...contributed, nPublic: 250, IC }, OPTIONS),
      "FixtureVerifier",
    );
    expect(bytecode.length / 2 - 1).to.be.lessThan(24_576);
  });

  it("starts with the header", () => {
    expect(renderVerifier(keys.contributed, OPTIONS)).to.match(/^\/\/ Made by a test\n\/\/ from a fixture\n/);
  });

  it("keeps a header with line breaks of any kind a comment", () => {
    const header = "a\r\nb\rc\u2028d\u2029e";
    const source = renderVerifier(keys.contributed, { ...OPTIONS, header });
    expect(source).to.match(/^\/\/ a\n\/\/ b\n\/\/ c\n\/\/ d\n\/\/ e\n/);
  });

  it("leaves its caller's frame alone when inherited", async () => {
    const heir = `
contract Heir is FixtureVerifier {
    function accepts(uint256[2] calldata a, uint256[2][2] calldata b, uint256[2] calldata c, uint256[3] calldata s)
        external view returns (string memory)
    {
        return verifyProof(a, b, c, s) ? "accepted" : "refused";
    }
}`;
    const contract = await deploy(renderVerifier(keys.contributed, OPTIONS) + heir, "Heir");
    const accepts = contract.getFunction("accepts");
    expect(await accepts(...verifierArguments(valid.proof), valid.signals)).to.equal("accepted");
    expect(await accepts(...verifierArguments(valid.proof), [56n, ...valid.signals.slice(1)])).to.equal(
      "refused",
    );
  });

  it("refuses a name that is not an identifier", () => {
    for (const contractName of ["", "1A", "A B", "A{}contract B"]) {
      expect(() => renderVerifier(keys.contributed, { ...OPTIONS, contractName })).to.throw(
        /not a Solidity identifier/,
      );
    }
  });

  it("refuses a key whose IC points do not fit its signals", () => {
    const { contributed } = keys;
    const short = { ...contributed, IC: contributed.IC.slice(1) };
    expect(() => renderVerifier(short, OPTIONS)).to.throw(/3 public signals and 3 IC points/);
    const none = { ...contributed, nPublic: 0, IC: contributed.IC.slice(0, 1) };
    expect(() => renderVerifier(none, OPTIONS)).to.throw(/at least one public signal/);
  });
});
