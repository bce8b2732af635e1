import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { verifyContract } from "@nomicfoundation/hardhat-verify/verify";
import { expect } from "chai";
import { AbiCoder } from "ethers";
import { network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import config from "../../hardhat.config.js";
import { deployContracts, planDeployment } from "../../src/client/deploy.js";
import "@nomicfoundation/hardhat-ethers";

const CHAIN = 11155111;
const root = join(import.meta.dirname, "..", "..");
const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

/** What hardhat-verify sends of a contract (Etherscan's API, version 2). */
interface Submission {
  contractaddress: string;
  contractname: string;
  compilerversion: string;
  codeformat: string;
  sourceCode: string;
  constructorArguments: string;
}

/** A block explorer that knows of no source yet, and takes down what it is sent. */
class Explorer {
  readonly submissions: Submission[] = [];
  readonly keys = new Set<string | null>();
  private readonly server = createServer((request, response) => {
    void this.answer(request).then((result) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(result));
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<object> {
    const query = new URL(request.url!, "http://explorer").searchParams;
    this.keys.add(query.get("apikey"));
    switch (query.get("action")) {
      case "getsourcecode":
        return { status: "1", message: "OK", result: [{ SourceCode: "" }] };
      case "verifysourcecode": {
        let body = "";
        for await (const chunk of request) body += String(chunk);
        this.submissions.push(Object.fromEntries(new URLSearchParams(body)) as unknown as Submission);
        return { status: "1", message: "OK", result: "ticket" };
      }
      default:
        return { status: "1", message: "OK", result: "Pass - Verified" };
    }
  }
}

/** The creation code that an explorer gets from a submission: compiled anew, arguments appended. */
function recompile({ sourceCode, contractname, constructorArguments }: Submission): string {
  const [file, contract] = contractname.split(":") as [string, string];
  const { settings, ...input } = JSON.parse(sourceCode) as { settings: object };
  const outputSelection = { [file]: { [contract]: ["evm.bytecode.object"] } };
  const { contracts } = JSON.parse(
    solc.compile(JSON.stringify({ ...input, settings: { ...settings, outputSelection } })),
  ) as { contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>> };
  return `${contracts[file][contract].evm.bytecode.object}${constructorArguments}`;
}

describe("hardhat-verify, with this project's configuration", () => {
  it("sends an explorer what gives the deployed code, of registry and escrow", async function () {
    const explorer = new Explorer();
    const url = await explorer.listen();
    const server = await network.createServer(
      { network: "default", override: { chainId: CHAIN } },
      "127.0.0.1",
      0,
    );
    const { port } = await server.listen();
    process.env.ETHERSCAN_API_KEY = "a key";
    try {
      const hre = await createHardhatRuntimeEnvironment(
        {
          ...config,
          networks: { devnet: { type: "http", chainType: "l1", url: `http://127.0.0.1:${port}` } },
          chainDescriptors: {
            [CHAIN]: {
              name: "devnet",
              chainType: "l1",
              blockExplorers: { etherscan: { name: "Explorer", url, apiUrl: `${url}/v2/api` } },
            },
          },
        },
        { network: "devnet" },
        root,
      );
      const { ethers } = await hre.network.create();
      const { deployment } = await deployContracts((await ethers.getSigners())[0], { fundFactory: true });
      const { registry, escrow } = deployment;
      await verifyContract({ address: registry, provider: "etherscan" }, hre);
      await verifyContract({ address: escrow, constructorArgs: [registry], provider: "etherscan" }, hre);

      const plan = planDeployment();
      const expected = [
        [plan.registry, "contracts/ModelRegistry.sol:ModelRegistry", ""],
        [plan.escrow, "contracts/InferenceEscrow.sol:InferenceEscrow", word(registry)],
      ] as const;
      expect(explorer.submissions).to.have.length(expected.length);
      for (const [i, [{ address, data }, name, args]] of expected.entries()) {
        const submission = explorer.submissions[i];
        expect(submission).to.include({
          contractaddress: address,
          codeformat: "solidity-standard-json-input",
          constructorArguments: args,
        });
        expect(submission.contractname).to.contain(name);
        expect(submission.compilerversion).to.match(/^v0\.8\.28\+commit\./);
        // After the salt, the factory was given just this code.
        expect(data.slice(2 + 64) === recompile(submission), name).to.equal(true);
      }
      expect([...explorer.keys]).to.deep.equal(["a key"]);
    } finally {
      delete process.env.ETHERSCAN_API_KEY;
      await server.close();
      await explorer.close();
    }
  });
});

function word(address: string): string {
  return AbiCoder.defaultAbiCoder().encode(["address"], [address]).slice(2);
}
