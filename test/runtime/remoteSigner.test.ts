import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseUnits, Transaction, Wallet, ZeroAddress } from "ethers";
import { reach, type Network } from "../../src/runtime/payments/chain.js";
import { RemoteSigner } from "../../src/runtime/payments/remoteSigner.js";
import { KEYS } from "../helpers/anvil.js";
import { startDevnet, type Devnet } from "../helpers/devnet.js";
import { refusalOf } from "../plugin/project.js";

const DOMAIN = { name: "escrow", version: "1", chainId: 31337, verifyingContract: ZeroAddress };
const TYPES = { Job: [{ name: "amount", type: "uint256" }] };

describe("an account whose key a signer keeps", () => {
  let devnet: Devnet;
  let chain: Network;
  const servers: Server[] = [];

  before(async () => {
    devnet = await startDevnet();
    const { hre } = devnet;
    chain = await reach({ config: hre.config, connection: () => hre.network.getOrCreate() });
  });
  after(() => {
    for (const server of servers) server.close();
    devnet.anvil.close();
  });

  const wallet = new Wallet(KEYS[1]);
  const transaction = {
    ...{
      type: 2,
      chainId: 31337n,
      nonce: 7,
      to: wallet.address,
      value: 5n,
      data: "0x1234",
      gasLimit: 50_000n,
    },
    ...{ maxFeePerGas: parseUnits("3", "gwei"), maxPriorityFeePerGas: parseUnits("1", "gwei") },
  };

  /** A signer before the node's, which answers some methods in its own way. */
  const inFrontOfNode = async (answers: Record<string, (params: unknown[]) => unknown>): Promise<string> => {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (text: Buffer) => (body += text.toString()));
      request.on("end", () => {
        const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
        const own = answers[method];
        if (own === undefined)
          return void fetch(devnet.anvil.url, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body,
          })
            .then((answer) => answer.text())
            .then((text) => response.end(text))
            .catch(() => response.destroy());
        const result = own(params);
        response.end(
          JSON.stringify({
            ...{ jsonrpc: "2.0", id },
            ...(result === undefined ? { error: { code: -32601, message: "no such method" } } : { result }),
          }),
        );
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/?secret=canary`;
  };

  it("signs transactions and EIP-712 data, as the key itself does", async () => {
    for (const account of [1, wallet.address]) {
      const signer = await RemoteSigner.open(devnet.anvil.url, account, chain);
      expect(await signer.getAddress()).to.equal(wallet.address);
      expect(await signer.signTransaction(transaction)).to.equal(await wallet.signTransaction(transaction));
      expect(await signer.signTypedData(DOMAIN, TYPES, { amount: 3 })).to.equal(
        await wallet.signTypedData(DOMAIN, TYPES, { amount: 3 }),
      );
    }
  });

  it("understands signers that answer with an object, and that name methods otherwise", async () => {
    const signature = await wallet.signTypedData(DOMAIN, TYPES, { amount: 3 });
    const raw = await wallet.signTransaction(transaction);
    const url = await inFrontOfNode({
      eth_signTransaction: () => ({ raw, tx: {} }),
      eth_signTypedData_v4: () => undefined,
      eth_signTypedData: () => signature,
    });
    const signer = await RemoteSigner.open(url, 1, chain);
    expect(await signer.signTransaction(transaction)).to.equal(raw);
    expect(await signer.signTypedData(DOMAIN, TYPES, { amount: 3 })).to.equal(signature);
  });

  it("takes no signature that is another's, and none of something else", async () => {
    const other = new Wallet(KEYS[2]);
    const raws = [
      await other.signTransaction(transaction),
      await wallet.signTransaction({ ...transaction, nonce: 8 }),
      await wallet.signTransaction({ ...transaction, maxFeePerGas: parseUnits("4", "gwei") }),
      Transaction.from(transaction).unsignedSerialized,
      "0x12",
      null,
    ];
    for (const raw of raws) {
      const url = await inFrontOfNode({ eth_signTransaction: () => raw });
      const signer = await RemoteSigner.open(url, 1, chain);
      expect(await refusalOf(() => signer.signTransaction(transaction))).to.contain("another transaction");
    }
    for (const signature of [await other.signTypedData(DOMAIN, TYPES, { amount: 3 }), "0x", 7]) {
      const url = await inFrontOfNode({ eth_signTypedData_v4: () => signature });
      const signer = await RemoteSigner.open(url, 1, chain);
      expect(await refusalOf(() => signer.signTypedData(DOMAIN, TYPES, { amount: 3 }))).to.contain(
        "not the account's",
      );
    }
  });

  it("says what is missing, and never its address", async () => {
    const dead = "http://user:canary@127.0.0.1:9/";
    for (const [url, account, word] of [
      [devnet.anvil.url, 99, "none with number 99"],
      [await inFrontOfNode({ eth_accounts: () => undefined }), 0, "does not do eth_accounts"],
      [await inFrontOfNode({ eth_accounts: () => ["none"] }), 0, "accounts"],
      [dead, 0, "does not do eth_accounts"],
      ["no address", 0, "does not do eth_accounts"],
    ] as const) {
      const refusal = await refusalOf(() => RemoteSigner.open(url, account, chain));
      expect(refusal).to.contain(word);
      expect(refusal).not.to.contain("canary");
    }
  });
});
