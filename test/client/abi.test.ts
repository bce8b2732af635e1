import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { network } from "hardhat";
import { createPublicClient, createWalletClient, http, parseEventLogs, zeroAddress, type Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { bindingOf } from "../../src/client/binding.js";
import { deployContracts } from "../../src/client/deploy.js";
import { escrowDomain, JOB_TYPES } from "../../src/client/typedData.js";
import { inferenceEscrowAbi, modelRegistryAbi } from "../../types/abi.js";
import { encodeKey, evaluate, keys, prove } from "../contracts/helpers/fixture.js";

const MNEMONIC = "test test test test test test test test test test test junk";
const [X, SALT, AMOUNT] = [11n, 5n, 10n ** 15n];
const word = (digit: string): Hex => `0x${digit.repeat(64)}`;

/** A node by itself, and a program that has viem, the ABIs and nothing of Hardhat's. */
describe("torch2circom/abi", function () {
  let server: Awaited<ReturnType<typeof network.createServer>>;
  let url: string;
  const [client, provider] = [1, 2].map((addressIndex) => mnemonicToAccount(MNEMONIC, { addressIndex }));

  before(async () => {
    server = await network.createServer("default", "127.0.0.1", 0);
    const { address, port } = await server.listen();
    url = `http://${address}:${port}`;
  });
  after(() => server.close());

  it("takes viem from a key to a paid job, with the provider's signature, and every result typed", async () => {
    const ethers = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
    const { deployment } = await deployContracts(Wallet.fromPhrase(MNEMONIC, ethers), { fundFactory: true });
    ethers.destroy();
    const escrow = { address: deployment.escrow as Hex, abi: inferenceEscrowAbi };
    const registry = { address: deployment.registry as Hex, abi: modelRegistryAbi };
    const transport = http(url);
    const chain = hardhat;
    const reader = createPublicClient({ chain, transport, pollingInterval: 20 });
    const [asClient, asProvider] = [client, provider].map((account) =>
      createWalletClient({ account, chain, transport }),
    );
    const mined = (hash: Hex) => reader.waitForTransactionReceipt({ hash });

    const key = encodeKey(keys.contributed) as Hex;
    const commitment = { modelHash: word("1"), circuitHash: word("2"), setupHash: word("3") };
    await mined(
      await asProvider.writeContract({
        ...registry,
        functionName: "register",
        args: [key, commitment, "uri"],
      }),
    );
    const modelId = await reader.readContract({
      ...registry,
      functionName: "modelIdOf",
      args: [key, commitment],
    });

    const deposit = {
      ...escrow,
      functionName: "deposit",
      args: [zeroAddress, AMOUNT],
      value: AMOUNT,
    } as const;
    await mined(await asProvider.writeContract(deposit));
    const { timestamp } = await reader.getBlock();
    const job = {
      modelId,
      inputCommitment: evaluate(X, SALT).inputCommitment,
      client: client.address,
      provider: provider.address,
      token: zeroAddress,
      amount: AMOUNT,
      bond: AMOUNT,
      fundBy: timestamp + 3600n,
      fulfillBy: timestamp + 3600n,
      callback: zeroAddress,
      callbackGas: 0,
      salt: word("4"),
    } as const;
    const signature = await asProvider.signTypedData({
      domain: escrowDomain({ chainId: BigInt(chain.id), escrow: escrow.address }),
      types: JOB_TYPES,
      primaryType: "Job",
      message: job,
    });
    const request = { ...escrow, functionName: "request", value: AMOUNT } as const;
    const otherBond = { ...job, bond: 1n };
    expect(
      await asClient
        .writeContract({ ...request, args: [otherBond, signature] })
        .catch((e: Error) => e.message),
    ).to.contain("InvalidProviderSignature");
    await mined(await asClient.writeContract({ ...request, args: [job, signature] }));

    const jobId = await reader.readContract({ ...escrow, functionName: "hashJob", args: [job] });
    const { proof, signals } = await prove(
      X,
      SALT,
      bindingOf(jobId, provider.address, { chainId: BigInt(chain.id), escrow: escrow.address }),
    );
    const { logs } = await mined(
      await asProvider.writeContract({
        ...escrow,
        functionName: "fulfill",
        args: [job, provider.address, proof, [signals[0]]],
      }),
    );
    const [fulfilled] = parseEventLogs({ abi: inferenceEscrowAbi, eventName: "Fulfilled", logs });
    expect(fulfilled.args.outputs satisfies readonly bigint[]).to.deep.equal([signals[0]]);
    const balance = { ...escrow, functionName: "balanceOf", args: [provider.address, zeroAddress] } as const;
    expect((await reader.readContract(balance)) satisfies bigint).to.equal(2n * AMOUNT);
  });
});
