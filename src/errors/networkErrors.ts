import type { ErrorCode } from "./codes.js";
import { Torch2CircomError } from "./torch2circomError.js";

/** What Hardhat's own errors have: a number, and what their messages are made of. */
interface HardhatErrorLike {
  readonly number: number;
  readonly messageArguments: Readonly<Record<string, unknown>>;
}

/** The first three arguments of a {@link Torch2CircomError}. */
export type Explanation = readonly [code: ErrorCode, problem: string, remedy: string];

/**
 * Hardhat's errors of a network that is not set up, by number: true causes, but without a remedy for who reads them.
 * https://hardhat.org/docs/reference/errors lists them.
 */
const EXPLANATIONS: Readonly<Record<number, (args: Readonly<Record<string, unknown>>) => Explanation>> = {
  7: ({ name }) => [
    "VARIABLE_MISSING",
    `The configuration variable ${String(name)} has no value`,
    `Set it as an environment variable, or keep it encrypted: npx hardhat keystore set ${String(name)} (plugin @nomicfoundation/hardhat-keystore).`,
  ],
  700: ({ networkName }) => [
    "INVALID_ARGUMENT",
    `The url of the network "${String(networkName)}" is no url`,
    "Correct it in hardhat.config.ts: it begins with http:// or https://.",
  ],
  702: () => [
    "NETWORK_UNREACHABLE",
    "The network's url answers, but not as a node does",
    "Check that it is the url of a JSON-RPC endpoint, with its key if it needs one.",
  ],
  703: ({ network }) => unreachable(String(network)),
  704: () => unreachable(),
  705: ({ networkName }) => [
    "INVALID_ARGUMENT",
    `There is no network "${String(networkName)}" in the configuration`,
    "Add it under networks in hardhat.config.ts, or choose another with --network.",
  ],
  708: ({ configChainId, connectionChainId }) => [
    "INVALID_ARGUMENT",
    `The node's chain is ${String(connectionChainId)}, and the network's chainId in the configuration is ${String(configChainId)}`,
    "Choose the network that you mean with --network, or correct its url or chainId in hardhat.config.ts.",
  ],
};

/** Signs of a connection that failed, from the system. */
const FAILED =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_\w+)$/;

/** What a network failed at, with a remedy; any other error as it is. @param network its name, if it is known */
export function explainNetwork(error: unknown, network?: string): unknown {
  for (const cause of causesOf(error)) {
    if (cause instanceof Torch2CircomError) return error;
    const known = isHardhatError(cause) ? EXPLANATIONS[cause.number]?.(cause.messageArguments) : undefined;
    const { code } = cause as NodeJS.ErrnoException;
    const explanation =
      known ?? (typeof code === "string" && FAILED.test(code) ? unreachable(network) : undefined);
    if (explanation !== undefined) {
      const [kind, problem, remedy] = explanation;
      return new Torch2CircomError(kind, problem, remedy, error as Error);
    }
  }
  return error;
}

/** @param network its name, if it is known */
export function unreachable(network?: string): Explanation {
  return [
    "NETWORK_UNREACHABLE",
    network === undefined ? "The network does not answer" : `The network "${network}" does not answer`,
    network === "localhost"
      ? "Start a node in another terminal: npx hardhat node --hostname 127.0.0.1"
      : "Check its url in the configuration, and your connection.",
  ];
}

/** An error and what it was made from, the outermost first. */
function causesOf(error: unknown): unknown[] {
  const all: unknown[] = [];
  for (let at = error; at instanceof Error && all.length < 8; at = at.cause) all.push(at);
  return all;
}

function isHardhatError(error: unknown): error is HardhatErrorLike {
  return (
    error instanceof Error &&
    error.name === "HardhatError" &&
    "number" in error &&
    "messageArguments" in error
  );
}
