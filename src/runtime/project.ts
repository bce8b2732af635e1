import type { HardhatConfig } from "hardhat/types/config";
import type { ChainType, NetworkConnection } from "hardhat/types/network";
import "@nomicfoundation/hardhat-ethers";
import "../type-extensions.js";

/** A connection to a network, whatever the chain's type is. */
export type Connection = NetworkConnection<ChainType | string>;

/** A project's configuration, and the connection through which its payments go. */
export interface Project {
  readonly config: HardhatConfig;
  /** That of `--network`, or one that the caller owns; or that of a named network. */
  readonly connection: (network?: string) => Promise<Connection>;
}
