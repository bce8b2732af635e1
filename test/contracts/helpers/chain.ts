import { createEVM } from "@ethereumjs/evm";
import { Common, Hardfork, Mainnet, type StateManagerInterface } from "@ethereumjs/common";
import { bytesToHex, createAddressFromString, createZeroAddress, hexToBytes } from "@ethereumjs/util";
import { toBeHex } from "ethers";

/** What a call did; `data` is what it returned or reverted with. */
export interface Outcome {
  readonly ok: boolean;
  readonly data: string;
  /** The address of the contract that was made. */
  readonly created?: string;
}

/**
 * An EVM with Cancun's rules of which precompiled contracts can be taken away: Hardhat's node and Anvil have them all. A
 * call of the address is then a call of an account without code.
 */
export class Chain {
  private constructor(private readonly evm: Awaited<ReturnType<typeof createEVM>>) {}

  /** @param absent addresses of the precompiled contracts that the chain does not have */
  static async create(absent: readonly number[], state?: StateManagerInterface): Promise<Chain> {
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun });
    const customPrecompiles = absent.map((n) => ({ address: createAddressFromString(toBeHex(n, 20)) }));
    return new Chain(await createEVM({ common, customPrecompiles, stateManager: state }));
  }

  /** The chain as it goes on, with all that is on it, once it has lost these contracts. */
  lose(absent: readonly number[]): Promise<Chain> {
    return Chain.create(absent, this.evm.stateManager);
  }

  deploy(code: string): Promise<Outcome> {
    return this.run(undefined, code);
  }

  async run(to: string | undefined, data: string): Promise<Outcome> {
    const { execResult, createdAddress } = await this.evm.runCall({
      caller: createZeroAddress(),
      to: to === undefined ? undefined : createAddressFromString(to),
      data: hexToBytes(data as `0x${string}`),
      gasLimit: 30_000_000n,
    });
    return {
      ok: execResult.exceptionError === undefined,
      data: bytesToHex(execResult.returnValue),
      created: createdAddress?.toString(),
    };
  }
}
