import { expect } from "chai";
import { join } from "node:path";
import { forgeProof } from "../../scripts/demo/trust/forge.js";
import { contributeAndKeep, type KeptContribution } from "../../scripts/demo/trust/provider.js";
import { contributeHere, takeContribution } from "../../src/ceremony/contribute.js";
import type { Ceremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import { verify } from "../../src/groth16/verify.js";
import { beaconSecret } from "../../src/phase2/hashToCurve.js";
import { verificationKeyOf } from "../../src/phase2/verificationKey.js";
import { smallCircuit } from "../ceremony/circuit.js";

/** What a contributor who keeps the secret can do with it: anything alone, nothing beside one who does not. */
describe("a contributor who keeps the secret", () => {
  let begun: Ceremony;
  let kept: KeptContribution;

  before(async () => {
    const { folder, circuit, ptau } = await smallCircuit();
    begun = await initializeCeremony(circuit, ptau);
    kept = await contributeAndKeep(begun.key, join(folder, "kept.zkey"), begun.transcript.head);
  });

  /** Signals of c = a³ + 5, in the key's order: c, a. The first claim is true. */
  const claims = [
    [13n, 2n],
    [14n, 2n],
  ];

  const forgeries = (key: string, delta: bigint): Promise<boolean[]> => {
    const vk = verificationKeyOf(key);
    return Promise.all(claims.map((claim) => verify(vk, claim.map(String), forgeProof(vk, claim, delta))));
  };

  it("can forge any statement as the only one", async () => {
    expect(await forgeries(kept.key, kept.secret)).to.deep.equal([true, true]);
    expect(await forgeries(kept.key, kept.secret + 1n)).to.deep.equal([false, false]);
  });

  it("forges with other points each time", () => {
    const vk = verificationKeyOf(kept.key);
    const [one, other] = [0, 1].map(() => forgeProof(vk, [14n, 2n], kept.secret));
    expect(one.pi_a).not.to.deep.equal(other.pi_a);
    expect(one.pi_b).not.to.deep.equal(other.pi_b);
  });

  it("is taken in like any other, and cannot forge beside another", async () => {
    const taken = await takeContribution(begun.folder, kept.key);
    expect(taken.transcript.contributions[0]).to.include({ hash: kept.hash, madeOn: begun.transcript.head });
    expect(await forgeries(taken.key, kept.secret)).to.deep.equal([true, true]);
    const { key } = await contributeHere(begun.folder, { name: "another" });
    for (const known of [kept.secret, kept.secret * beaconSecret(Buffer.alloc(32), 10).secret])
      expect(await forgeries(key, known)).to.deep.equal([false, false]);
  });
});
