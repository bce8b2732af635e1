import { expect } from "chai";
import { getBytes, hexlify } from "ethers";
import { network } from "hardhat";
import { contractsAt, type Addresses } from "../../src/client/contracts.js";
import { deployContracts } from "../../src/client/deploy.js";
import { requireOwnContracts } from "../../src/client/ownContracts.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/factories/ModelRegistry__factory.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { RUNTIME_CODE } from "../../types/runtimeCode.js";
import { refusalOf } from "../plugin/project.js";

describe("Contracts of this package", () => {
  /** A chain with two registries, each with an escrow, and a contract that is neither. */
  async function chain() {
    const { ethers, provider } = await network.create();
    const [signer] = await ethers.getSigners();
    const made = async (contract: { getAddress(): Promise<string> }) => contract.getAddress();
    const registries = [
      await made(await new ModelRegistry__factory(signer).deploy()),
      await made(await new ModelRegistry__factory(signer).deploy()),
    ];
    const escrows = [];
    for (const registry of registries)
      escrows.push(await made(await new InferenceEscrow__factory(signer).deploy(registry)));
    const other = await made(await new TestToken__factory(signer).deploy());
    const setCode = (address: string, code: string) =>
      provider.request({ method: "hardhat_setCode", params: [address, code] });
    const check = async (addresses: Addresses) => requireOwnContracts(await contractsAt(addresses, signer));
    return { ethers, signer, registries, escrows, other, setCode, check };
  }

  it("are known at their deterministic addresses, and at others", async () => {
    const { signer, registries, escrows, check } = await chain();
    const { deployment } = await deployContracts(signer, { fundFactory: true });
    await check(deployment);
    for (const i of [0, 1]) await check({ registry: registries[i], escrow: escrows[i] });
  });

  it("are not other contracts, nor an escrow of another registry", async () => {
    const { registries, escrows, other, check } = await chain();
    const cases: [Addresses, string][] = [
      [{ registry: other, escrow: escrows[0] }, "not the ModelRegistry"],
      [{ registry: registries[0], escrow: other }, "not the InferenceEscrow"],
      [{ registry: escrows[0], escrow: registries[0] }, "not the ModelRegistry"],
      [{ registry: registries[1], escrow: escrows[0] }, "another registry"],
    ];
    for (const [addresses, problem] of cases)
      expect(await refusalOf(() => check(addresses))).to.contain(problem);
  });

  it("are not a code that differs in one byte, wherever it is, constants of the constructor included", async () => {
    const { ethers, registries, escrows, setCode, check } = await chain();
    const addresses = { registry: registries[0], escrow: escrows[0] };
    const code = await ethers.provider.getCode(addresses.escrow);
    const changed = (at: number) =>
      `${code.slice(0, 2 + 2 * at)}${(255 - parseInt(code.slice(2 + 2 * at, 4 + 2 * at), 16)).toString(16).padStart(2, "0")}${code.slice(4 + 2 * at)}`;
    const size = code.length / 2 - 1;
    for (let at = 0; at < size - 60; at += 997) {
      await setCode(addresses.escrow, changed(at));
      // Within a constant of the constructor it is the escrow's word that differs.
      expect(await refusalOf(() => check(addresses)), `byte ${at}`).to.match(/is not the|another/);
    }
    for (const longer of [`${code}00`, code.slice(0, -2)]) {
      await setCode(addresses.escrow, longer);
      expect(await refusalOf(() => check(addresses))).to.contain("not the InferenceEscrow");
    }
    // An escrow moved with its code still has the domain of where it was made, until it looks at its address.
    await setCode(addresses.escrow, await ethers.provider.getCode(escrows[1]));
    expect(await refusalOf(() => check(addresses))).to.contain("another registry");
    await setCode(addresses.escrow, code);
    await check(addresses);
  });

  it("are not an escrow that pays by another registry in one place of its code alone", async () => {
    const { ethers, registries, escrows, setCode, check } = await chain();
    const addresses = { registry: registries[0], escrow: escrows[0] };
    const code = await ethers.provider.getCode(escrows[0]);
    const [own, other] = registries.map((address) => address.slice(2).toLowerCase());
    const places = [...code.matchAll(new RegExp(own, "g"))].map(({ index }) => index);
    expect(places.length).to.be.above(4);
    for (const at of places) {
      await setCode(escrows[0], code.slice(0, at) + other + code.slice(at + 40));
      expect(await refusalOf(() => check(addresses))).to.contain("another registry");
    }
  });

  it("are not an escrow with any other constant in one place", async () => {
    const { ethers, registries, escrows, setCode, check } = await chain();
    const addresses = { registry: registries[0], escrow: escrows[0] };
    const code = getBytes(await ethers.provider.getCode(escrows[0]));
    for (const start of RUNTIME_CODE.InferenceEscrow.immutables.flat()) {
      for (const byte of [0, 31]) {
        const changed = Uint8Array.from(code);
        changed[start + byte] ^= 1;
        await setCode(escrows[0], hexlify(changed));
        expect(await refusalOf(() => check(addresses)), `${start} + ${byte}`).to.contain("another");
      }
    }
  });

  it("are not an escrow whose constants are another's: it would take signatures for that one", async () => {
    const { ethers, registries, escrows, other, setCode, check } = await chain();
    const code = await ethers.provider.getCode(escrows[0]);
    // The address and the domain that the constructor left in the code.
    const forged = code.replaceAll(escrows[0].slice(2).toLowerCase(), other.slice(2).toLowerCase());
    expect(forged).not.to.equal(code);
    await setCode(other, forged);
    expect(await refusalOf(() => check({ registry: registries[0], escrow: other }))).to.contain(
      "says that it is another",
    );
  });
});
