/**
 * The compiler and its settings. Together with the sources and the salt they fix the bytecode, and by it the
 * deterministic addresses; without the hash of the metadata, comments and paths of files do not.
 */
export const SOLC = {
  version: "0.8.28",
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 1_000_000 },
    metadata: { bytecodeHash: "none" },
  },
};
