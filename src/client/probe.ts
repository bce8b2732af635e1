import { concat, dataLength, dataSlice, keccak256, toBeHex, type Provider } from "ethers";

/** Something that the contracts need of a chain: small programs that return 1 where it is there. */
interface Feature {
  readonly name: string;
  readonly programs: readonly string[];
}

const OPCODES = {
  AND: "0x16",
  CALL: "0xf1",
  CODECOPY: "0x39",
  CREATE: "0xf0",
  EQ: "0x14",
  GAS: "0x5a",
  ISZERO: "0x15",
  KECCAK256: "0x20",
  MCOPY: "0x5e",
  MLOAD: "0x51",
  MSTORE: "0x52",
  POP: "0x50",
  PUSH0: "0x5f",
  RETURN: "0xf3",
  RETURNDATASIZE: "0x3d",
  STATICCALL: "0xfa",
  TLOAD: "0x5c",
  TSTORE: "0x5d",
} as const;

/** An instruction, or a number to push: always in two bytes, so that the length of a program follows from its text. */
type Step = keyof typeof OPCODES | number;

const push = (value: number) => concat(["0x61", toBeHex(value, 2)]);

function assemble(steps: readonly Step[]): string {
  return concat(steps.map((step) => (typeof step === "number" ? push(step) : OPCODES[step])));
}

/** The number on the stack is what the call returns. */
const RETURN_TOP: readonly Step[] = [0, "MSTORE", 32, 0, "RETURN"];

const words = (...values: bigint[]) => concat(values.map((value) => toBeHex(value, 32)));

const G = [1n, 2n] as const;
const MINUS_G = [1n, 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45n] as const;
const DOUBLE_G = [
  0x030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3n,
  0x15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4n,
] as const;
const TRIPLE_G = [
  0x0769bf9ac56bea3ff40232bcb1b6bd159315d84715b8e679f2d355961915abf0n,
  0x2ab799bee0489429554fdb7c8d086475319e63b40b9c5b57cdf1ff3dd9fe2261n,
] as const;
/** The generator of G2, imaginary parts first. */
const H = [
  0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2n,
  0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6edn,
  0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975bn,
  0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daan,
] as const;

/** Whether a precompiled contract answers this input with just this output. */
function precompiled(address: number, input: string, output: string): string {
  const [given, expected, out] = [dataLength(input), dataLength(output), 0x400];
  const program = (dataAt: number) =>
    concat([
      assemble([given, dataAt, 0, "CODECOPY", expected, out, given, 0, address, "GAS", "STATICCALL"]),
      assemble(["RETURNDATASIZE", expected, "EQ", "AND", expected, out, "KECCAK256"]),
      concat(["0x7f", keccak256(output)]), // PUSH32
      assemble(["EQ", "AND", ...RETURN_TOP]),
    ]);
  return concat([program(dataLength(program(0))), input]);
}

function features(): Feature[] {
  return [
    { name: "the instruction PUSH0 (EIP-3855)", programs: [assemble(["PUSH0", "ISZERO", ...RETURN_TOP])] },
    {
      name: "the instruction MCOPY (EIP-5656)",
      programs: [assemble([1, 64, "MSTORE", 32, 64, 128, "MCOPY", 128, "MLOAD", ...RETURN_TOP])],
    },
    {
      name: "transient storage (EIP-1153)",
      programs: [assemble([1, 7, "TSTORE", 7, "TLOAD", ...RETURN_TOP])],
    },
    {
      name: "the precompiled contract ecAdd at 0x06 (EIP-196)",
      programs: [precompiled(6, words(...G, ...DOUBLE_G), words(...TRIPLE_G))],
    },
    {
      name: "the precompiled contract ecMul at 0x07 (EIP-196)",
      programs: [precompiled(7, words(...G, 2n), words(...DOUBLE_G))],
    },
    {
      name: "the precompiled contract ecPairing at 0x08 (EIP-197)",
      programs: [
        precompiled(8, words(...G, ...H, ...MINUS_G, ...H), words(1n)),
        precompiled(8, words(...G, ...H), words(0n)),
      ],
    },
  ];
}

/** Code that makes an account with this code: PUSH2 length, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, …, RETURN. */
const creationOf = (program: string) => concat([push(dataLength(program)), "0x80600a3d393df3", program]);

/** Enough for two pairings before Istanbul; what an unknown instruction costs, too: all of it. */
const GAS_OF_PROGRAM = 300_000;
const GAS = 8_000_000n;
/** Where the answers lie in memory, behind the code that is copied there. */
const ANSWERS = 0x1000;

/** Runs each program as an account of its own, and returns a word per program. */
function probeCode(programs: readonly string[]): string {
  const creations = programs.map(creationOf);
  const runner = (dataAt: number) => {
    let at = dataAt;
    const steps = creations.map((creation, i) => {
      const length = dataLength(creation);
      const run = concat([
        // The five arguments of CALL that come before the address on the stack, then the address.
        assemble([32, ANSWERS + 32 * i, 0, 0, 0, length, at, 0, "CODECOPY", length, 0, 0, "CREATE"]),
        concat(["0x62", toBeHex(GAS_OF_PROGRAM, 3)]), // PUSH3
        assemble(["CALL", "POP"]),
      ]);
      at += length;
      return run;
    });
    return concat([...steps, assemble([32 * creations.length, ANSWERS, "RETURN"])]);
  };
  return concat([runner(dataLength(runner(0))), ...creations]);
}

/**
 * Finds out by one `eth_call`, which costs nothing, what a chain lacks of all that the contracts need: instructions of the
 * Shanghai and Cancun upgrades, and the precompiled contracts of BN254.
 *
 * @param provider of the chain
 * @returns what is missing, in words; undefined where the node does not run such a call
 * @example
 * ```ts
 * import { probeChain } from "torch2circom/client";
 *
 * console.log(await probeChain(signer.provider!)); // []
 * ```
 */
export async function probeChain(provider: Provider): Promise<readonly string[] | undefined> {
  const all = features();
  const programs = all.flatMap((feature) => feature.programs);
  // A call without a recipient runs creation code and returns what would become the code.
  const answer = await provider.call({ data: probeCode(programs), gasLimit: GAS }).catch(() => "0x");
  if (dataLength(answer) !== 32 * programs.length) return undefined;
  let at = 0;
  const holds = () => BigInt(dataSlice(answer, at, (at += 32))) === 1n;
  return all
    .filter((feature) => !feature.programs.map(holds).every((isThere) => isThere))
    .map(({ name }) => name);
}
