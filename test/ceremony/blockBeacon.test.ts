import { expect } from "chai";
import { decodeRlp, encodeRlp } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { fetchBlockBeacon, verifyBlockBeacon, type NodeClient } from "../../src/ceremony/blockBeacon.js";
import { encodeBlockHeader, readBlockHeader } from "../../src/ceremony/blockHeader.js";
import { makeProject, refusalOf } from "../plugin/project.js";

const zeros = (bytes: number) => `0x${"00".repeat(bytes)}`;

/** Block 0 of Ethereum, whose hash names the chain in its network protocol. */
const GENESIS = {
  parentHash: zeros(32),
  sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
  miner: zeros(20),
  stateRoot: "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
  transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  logsBloom: zeros(256),
  difficulty: "0x400000000",
  number: "0x0",
  gasLimit: "0x1388",
  gasUsed: "0x0",
  timestamp: "0x0",
  extraData: "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
  mixHash: zeros(32),
  nonce: "0x0000000000000042",
};
const GENESIS_HASH = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";

describe("A block as a beacon", function () {
  let hre: HardhatRuntimeEnvironment;
  let node: NodeClient;
  let mined: number;

  before(async () => {
    ({ hre } = await makeProject());
    const connection = await hre.network.create();
    node = { send: (method, params) => connection.provider.request({ method, params }) };
    await node.send("hardhat_mine", ["0x64"]);
    mined = 100;
  });

  it("has the hash of its header", () => {
    const header = encodeBlockHeader(GENESIS)!;
    expect(readBlockHeader(header)).to.deep.equal({ hash: GENESIS_HASH, number: 0, timestamp: 0 });
  });

  it("comes from a node, with the header that shows its hash", async () => {
    const final = Number(
      ((await node.send("eth_getBlockByNumber", ["finalized", false])) as { number: string }).number,
    );
    const beacon = await fetchBlockBeacon(node, final);
    expect(beacon).to.include({ number: final });
    expect(await node.send("eth_getBlockByNumber", [`0x${final.toString(16)}`, false])).to.include({
      hash: beacon.hash,
      timestamp: `0x${beacon.timestamp.toString(16)}`,
    });
    expect(verifyBlockBeacon(beacon)).to.equal(true);
    for (const change of [
      { hash: GENESIS_HASH },
      { number: final + 1 },
      { timestamp: beacon.timestamp - 1 },
      { header: encodeBlockHeader(GENESIS)! },
      { header: "0x" },
    ])
      expect(verifyBlockBeacon({ ...beacon, ...change })).to.equal(false);
  });

  it("is not one that could still be replaced, or that the node makes up", async () => {
    expect(await refusalOf(() => fetchBlockBeacon(node, mined + 1000))).to.contain("is not final yet");
    const lying = (change: object): NodeClient => ({
      send: async (method, [which, ...rest]) => {
        const block = (await node.send(method, [which, ...rest])) as object;
        return which === "finalized" ? block : { ...block, ...change };
      },
    });
    for (const change of [
      { hash: GENESIS_HASH },
      { timestamp: "0x1" },
      { number: "0x2" },
      { extraData: 7 },
      { nonce: undefined },
      GENESIS,
      { ...GENESIS, hash: GENESIS_HASH },
    ])
      expect(await refusalOf(() => fetchBlockBeacon(lying(change), 1))).to.contain("does not have the hash");
    const none: NodeClient = { send: async () => null };
    expect(await refusalOf(() => fetchBlockBeacon(none, 1))).to.contain("is not final yet");
  });

  it("has one header only: whatever else decodes is refused, and nothing is thrown", () => {
    const header = encodeBlockHeader(GENESIS)!;
    const fields = decodeRlp(header) as string[];
    const changed = (index: number, value: string) =>
      encodeRlp(fields.map((field, i) => (i === index ? value : field)));
    expect(readBlockHeader(changed(8, "0x05"))?.number).to.equal(5);
    for (const bad of [
      "",
      "0x",
      "0xc0",
      "zz",
      header.slice(0, -2),
      `${header}00`,
      encodeRlp(fields.slice(0, 14)),
      encodeRlp("0x1234"),
      changed(8, "0x0005"),
      changed(11, `0x${"ff".repeat(9)}`),
      `0xf9${"00".repeat(5000)}`,
      encodeRlp(fields.map((field, i) => (i === 8 ? [field] : field))),
    ])
      expect(readBlockHeader(bad), bad.slice(0, 40)).to.equal(undefined);
  });
});
