import type { Provider, Signer } from "ethers";

/** A wallet that the buyer may choose. */
export interface Wallet {
  /** Tells it from others, and is the same after a reload. */
  readonly id: string;
  readonly name: string;
  /** A picture as a data URI. */
  readonly icon?: string;
  /** Asks its owner for an account. @throws where the owner denies it */
  connect(): Promise<void>;
  /** The account that it shows without asking; undefined where there is none. */
  account(): Promise<string | undefined>;
  chainId(): Promise<bigint>;
  /** Asks for another chain. @throws where the wallet has none of this id, or its owner denies it */
  switchTo(chainId: bigint): Promise<void>;
  signer(): Promise<Signer>;
  /** Reads the chain through its node, and asks its owner for nothing. */
  reader(): Provider;
  /** Tells of another account or chain. @returns what ends that */
  onChange(changed: () => void): () => void;
}
