import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { VerificationKey } from "./types.js";

export interface VerifierOptions {
  /** Name of the contract, a Solidity identifier. */
  contractName: string;
  /** What the file is and where it comes from; becomes the comment that it starts with. */
  header: string;
}

const SCALAR_FIELD = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
const BASE_FIELD = "21888242871839275222246405745257275088696311157297823662689037894645226208583";

/**
 * Prints a Solidity contract that verifies Groth16 proofs under one key. Its ABI is that of snarkjs's exported
 * verifiers, `verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[n]) view returns (bool)`; unlike them it leaves
 * its caller's frame alone (so that it can be inherited), refuses non-canonical encodings of A, and takes an answer of
 * a precompiled contract by its length: on a chain without one, every proof is refused.
 *
 * The equation, J. Groth, EUROCRYPT 2016, section 3.2, with signal[0] = 1:
 * `e(-A, B) · e(alpha, beta) · e(Σ signal[i]·IC[i], gamma) · e(C, delta) = 1`.
 *
 * @throws Torch2CircomError if the name is not an identifier or the key is not one for at least one public signal.
 */
export function renderVerifier(verificationKey: VerificationKey, options: VerifierOptions): string {
  const { contractName, header } = options;
  if (!/^[A-Za-z_$][\w$]*$/.test(contractName)) {
    throw new Torch2CircomError(
      "INVALID_NAME",
      `"${contractName}" is not a Solidity identifier`,
      "Choose a name of letters, digits and underscores that does not start with a digit.",
    );
  }
  const { nPublic, IC, vk_alpha_1: alpha } = verificationKey;
  if (nPublic < 1 || IC.length !== nPublic + 1) {
    throw new Torch2CircomError(
      "KEY_INVALID",
      `The verification key has ${nPublic} public signals and ${IC.length} IC points, not one more`,
      "Export the key again; a circuit needs at least one public signal.",
    );
  }
  // In memory a pair is six words; gamma's place serves as scratch while the third pair's sum is made.
  return `${comment(header)}
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.13;

/// @title Groth16 verifier for ${nPublic} public signals on BN254
/// @notice Each public signal must be below the field's order, so that no statement has two encodings.
contract ${contractName} {
    uint256 private constant SCALAR_FIELD = ${SCALAR_FIELD};
    uint256 private constant BASE_FIELD = ${BASE_FIELD};

    /// @notice Whether (A, B, C) proves the statement with these public signals.
    /// @dev A proof is malleable: never use it as a nonce. Where a precompiled contract is absent, calls of it succeed
    /// and return nothing: each answer's length is looked at, and the verdict is false.
    function verifyProof(
        uint256[2] calldata _pA,
        uint256[2][2] calldata _pB,
        uint256[2] calldata _pC,
        uint256[${nPublic}] calldata _pubSignals
    ) public view returns (bool valid) {
        assembly ("memory-safe") {
            // sum <- sum + signal * (x, y); the three words after the sum are scratch
            function accumulate(sum, x, y, signal) -> ok {
                let term := add(sum, 0x40)
                mstore(term, x)
                mstore(add(sum, 0x60), y)
                mstore(add(sum, 0x80), signal)
                ok := staticcall(gas(), 7, term, 0x60, term, 0x40)
                ok := and(eq(returndatasize(), 0x40), ok)
                ok := and(staticcall(gas(), 6, sum, 0x80, sum, 0x40), ok)
                ok := and(eq(returndatasize(), 0x40), ok)
                ok := and(lt(signal, SCALAR_FIELD), ok)
            }

            let pairs := mload(0x40)
            let sum := add(pairs, 0x180)
            mstore(sum, ${word(IC[0][0])})
            mstore(add(pairs, 0x1a0), ${word(IC[0][1])})
            valid := 1
${IC.slice(1).map(term).join("\n")}

            // e(-A, B); the negation needs a y coordinate in canonical form
            let y := calldataload(add(_pA, 0x20))
            valid := and(lt(y, BASE_FIELD), valid)
            mstore(pairs, calldataload(_pA))
            mstore(add(pairs, 0x20), mod(sub(BASE_FIELD, y), BASE_FIELD))
            calldatacopy(add(pairs, 0x40), _pB, 0x80)
            // e(alpha, beta)
            mstore(add(pairs, 0xc0), ${word(alpha[0])})
            mstore(add(pairs, 0xe0), ${word(alpha[1])})
${g2(0x100, verificationKey.vk_beta_2)}
            // e(sum, gamma)
${g2(0x1c0, verificationKey.vk_gamma_2)}
            // e(C, delta)
            calldatacopy(add(pairs, 0x240), _pC, 0x40)
${g2(0x280, verificationKey.vk_delta_2)}

            if valid {
                valid := staticcall(gas(), 8, pairs, 0x300, 0, 0x20)
                valid := and(and(eq(returndatasize(), 0x20), eq(mload(0), 1)), valid)
            }
        }
    }
}
`;
}

function comment(text: string): string {
  return text
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => `// ${line}`.trimEnd())
    .join("\n");
}

function term(point: VerificationKey["IC"][number], index: number): string {
  const signal = index === 0 ? "_pubSignals" : `add(_pubSignals, ${32 * index})`;
  const call = `accumulate(sum, ${word(point[0])}, ${word(point[1])}, calldataload(${signal}))`;
  return `            valid := and(${call}, valid)`;
}

/** The four words of a G2 point, imaginary parts first (EIP-197). */
function g2(offset: number, point: VerificationKey["vk_beta_2"]): string {
  const [x, y] = point;
  return [x[1], x[0], y[1], y[0]]
    .map((value, i) => `            mstore(add(pairs, 0x${(offset + 32 * i).toString(16)}), ${word(value)})`)
    .join("\n");
}

function word(decimal: string): string {
  return `0x${BigInt(decimal).toString(16).padStart(64, "0")}`;
}
