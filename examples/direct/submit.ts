import hre from "hardhat";

// A proof verified by a contract of one's own, without registry, escrow or payment.

const { ethers } = await hre.network.getOrCreate();
await hre.torch2circom.build({ model: "iris" });
const { proof, publicSignals } = await hre.torch2circom.prove("iris", { samples: "iris.npz", index: 3 });

const verifier = await ethers.deployContract("IrisVerifier");
const contract = await ethers.deployContract("DirectVerification", [verifier]);

// The pairing precompile takes the coordinates of B in the other order.
const { pi_a, pi_b, pi_c } = proof;
const b = pi_b.slice(0, 2).map(([c0, c1]) => [c1, c0]);
await contract.getFunction("submit")(pi_a.slice(0, 2), b, pi_c.slice(0, 2), publicSignals);
console.log(`class ${(await contract.getFunction("known")(publicSignals[1])) - 1n}`);
