// Made by test/contracts/fixtures/generateProofs.ts; do not edit.
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.13;

/// @title Groth16 verifier for 3 public signals on BN254
/// @notice Each public signal must be below the field's order, so that no statement has two encodings.
contract FixtureVerifier {
    uint256 private constant SCALAR_FIELD =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant BASE_FIELD =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @notice Whether (A, B, C) proves the statement with these public signals.
    /// @dev A proof is malleable: never use it as a nonce. Where a precompiled contract is absent, calls of it succeed
    /// and return nothing: each answer's length is looked at, and the verdict is false.
    function verifyProof(
        uint256[2] calldata _pA,
        uint256[2][2] calldata _pB,
        uint256[2] calldata _pC,
        uint256[3] calldata _pubSignals
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
            mstore(sum, 0x2f6ad7bb17e129e9f1ea9686819470b99dc6b2bc8791b5698d7be5bada2f43e0)
            mstore(add(pairs, 0x1a0), 0x01c2a26dce456c4a1555d956882acdf69ee56170e005a69ea01d45b234cff0ac)
            valid := 1
            valid := and(
                accumulate(
                    sum,
                    0x228fed182778f87b706e31aaafc096965acfbc7ff6966c49a9cc094cdb9652d3,
                    0x20ff2afc8e96576338a4d694571612182174f5dd1c42bd0be7d2dbd5e20f3d68,
                    calldataload(_pubSignals)
                ),
                valid
            )
            valid := and(
                accumulate(
                    sum,
                    0x054d83ce4e87b6efd79eed99f9f1c6f33547d0d8a83de85a29a548cdfd9b6805,
                    0x1d3474d0529bd15a43044d78adfb14e0b020f87287463c2c86c9a19676fc5703,
                    calldataload(add(_pubSignals, 32))
                ),
                valid
            )
            valid := and(
                accumulate(
                    sum,
                    0x2b184c8380c9f54b25e13147234e030d7f48fd4a32d42593221b0fca89432fa8,
                    0x189b2a0d5d6d21b233824e0f5b00945d1b221b9bbc7466e58e4425474a9bfd22,
                    calldataload(add(_pubSignals, 64))
                ),
                valid
            )

            // e(-A, B); the negation needs a y coordinate in canonical form
            let y := calldataload(add(_pA, 0x20))
            valid := and(lt(y, BASE_FIELD), valid)
            mstore(pairs, calldataload(_pA))
            mstore(add(pairs, 0x20), mod(sub(BASE_FIELD, y), BASE_FIELD))
            calldatacopy(add(pairs, 0x40), _pB, 0x80)
            // e(alpha, beta)
            mstore(add(pairs, 0xc0), 0x2db8563c03c234ec4038fa6112e7ebfa909b5a2c8c659a86e1f3dd8c0963df19)
            mstore(add(pairs, 0xe0), 0x01d9b10968e1401e210459798126db51c398413391a5f2a2f68bcc4d738fe0bf)
            mstore(add(pairs, 0x100), 0x0e56fc1c5b417f23eb934f213488ddf2baf96c8828d8c3c4e535a3c6ff40e844)
            mstore(add(pairs, 0x120), 0x0ef244a93c86b51257786573df78d8b3a4da382222a9c7f46b3a82f4eb3597e6)
            mstore(add(pairs, 0x140), 0x1749ca8d36f139b15f1ebb9b29c9b13fb86e005e1672b8d46fa3a9ab1bb0e6e2)
            mstore(add(pairs, 0x160), 0x03b3717e8af73bc90245e20702eca70e250744c677cafa4113d91a25e8c90ac7)
            // e(sum, gamma)
            mstore(add(pairs, 0x1c0), 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2)
            mstore(add(pairs, 0x1e0), 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed)
            mstore(add(pairs, 0x200), 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b)
            mstore(add(pairs, 0x220), 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa)
            // e(C, delta)
            calldatacopy(add(pairs, 0x240), _pC, 0x40)
            mstore(add(pairs, 0x280), 0x0257223bc80490226f437c068147539b74aee5acc66bdb4574ffe0604fae1c2a)
            mstore(add(pairs, 0x2a0), 0x014b1a72c425c83c90e2e218dfcb22ffec3d4e832857c009da55e30b5f383d51)
            mstore(add(pairs, 0x2c0), 0x153f62e63f07f5f703cb9ef973d1227a28f2f734c4891017cd5612becbb71564)
            mstore(add(pairs, 0x2e0), 0x2eb3a95d9efeafdefe5aef79754039cc3a05b48776bfd498a4ec6046dc898494)

            if valid {
                valid := staticcall(gas(), 8, pairs, 0x300, 0, 0x20)
                valid := and(and(eq(returndatasize(), 0x20), eq(mload(0), 1)), valid)
            }
        }
    }
}
