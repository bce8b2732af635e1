// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {OutputCodec} from "../../../contracts/libraries/OutputCodec.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {BatchProver} from "./BatchProver.sol";
import {EscrowBase} from "./EscrowBase.sol";
import {Fixture} from "./Fixture.sol";
import {FixtureVerifier} from "./FixtureVerifier.sol";

/// @title Fuzz tests of whatever verifies, with real proofs
contract ProofsTest is EscrowBase {
    uint256 private constant R = BatchProver.R;
    FixtureVerifier private exported;

    function setUp() public override {
        super.setUp();
        exported = new FixtureVerifier();
    }

    function test_EveryFixtureProofHolds() external view {
        for (uint256 i = 0; i < Fixture.POOL; ++i) {
            Fixture.Entry memory entry = Fixture.entry(i);
            assertTrue(registry.verify(Fixture.MODEL_ID, entry.proof, signalsOf(entry)), "registry");
            assertTrue(exportedVerdict(entry.proof, signalsOf(entry)), "exported verifier");
        }
    }

    /// One word of proof or signals is changed: refused by the registry, alone and in a batch, and by the exported
    /// verifier.
    function testFuzz_MutatedWordIsRefused(uint256 index, uint256 place, uint256 difference) external view {
        vm.assume(difference != 0);
        Fixture.Entry memory entry = Fixture.entry(index % Fixture.POOL);
        uint256[] memory signals = signalsOf(entry);
        place %= 11;
        if (place < 8) entry.proof[place] ^= difference;
        else signals[place - 8] ^= difference;
        expectAll(entry.proof, signals, false);
    }

    /// A word gets a multiple of its field's order: refused, there is one encoding only.
    function testFuzz_AliasedSignalIsRefused(uint256 index, uint256 place, uint256 times) external view {
        Fixture.Entry memory entry = Fixture.entry(index % Fixture.POOL);
        uint256[] memory signals = signalsOf(entry);
        place %= 3;
        uint256 room = (type(uint256).max - signals[place]) / R;
        signals[place] += R * (1 + (times % room));
        expectAll(entry.proof, signals, false);
    }

    /// A batch holds exactly if each of its proofs does.
    function testFuzz_BatchHoldsIfAllDo(uint256 first, uint8 size, uint256 wrong) external view {
        uint256 count = 1 + (size % 8);
        uint256[8][] memory proofs = new uint256[8][](count);
        uint256[][] memory signals = new uint256[][](count);
        bool all = true;
        for (uint256 i = 0; i < count; ++i) {
            Fixture.Entry memory entry = Fixture.entry(addmod(first, i, Fixture.POOL));
            (proofs[i], signals[i]) = (entry.proof, signalsOf(entry));
            // About half of the batches hold.
            if ((wrong >> i) & 15 == 1) {
                signals[i][wrong % 3] = addmod(signals[i][wrong % 3], 1, R);
                all = false;
            }
        }
        assertTrue(registry.verifyBatch(Fixture.MODEL_ID, proofs, signals) == all, "batch");
    }

    /// A proof of many jobs holds for any words of the field.
    function testFuzz_ProofOfManyHolds(uint256[12] memory drawn, bool short) external view {
        uint256[] memory words = fieldElements(drawn, short ? 6 : 12);
        IInferenceEscrow.BatchProof memory proof = BatchProver.prove(words.length / 3, words);
        assertTrue(manyVerdict(proof, words), "proof of many");
    }

    /// One word of a proof of many jobs, its commitment or one of the jobs' words is changed, by bits or by the field's
    /// order: refused.
    function testFuzz_MutatedProofOfManyIsRefused(
        uint256[12] memory drawn,
        bool short,
        uint256 place,
        uint256 difference
    ) external view {
        vm.assume(difference != 0);
        uint256[] memory words = fieldElements(drawn, short ? 6 : 12);
        IInferenceEscrow.BatchProof memory proof = BatchProver.prove(words.length / 3, words);
        place %= 10 + words.length;
        if (place < 8) proof.proof[place] ^= difference;
        else if (place == 8) proof.commitment ^= difference;
        else if (place == 9) proof.commitment += R;
        else if (difference % 2 == 0) words[place - 10] ^= difference;
        else words[place - 10] += R;
        assertTrue(!manyVerdict(proof, words), "proof of many");
    }

    /// Two words of a proof of many jobs change places: refused, unless they are equal.
    function testFuzz_ReorderedProofOfManyIsRefused(
        uint256[12] memory drawn,
        uint256 first,
        uint256 second
    ) external view {
        uint256[] memory words = fieldElements(drawn, 12);
        IInferenceEscrow.BatchProof memory proof = BatchProver.prove(4, words);
        (first, second) = (first % 12, second % 12);
        bool same = words[first] == words[second];
        (words[first], words[second]) = (words[second], words[first]);
        assertTrue(manyVerdict(proof, words) == same, "proof of many");
    }

    /// A proof of many jobs holds for the point that the contract hashes, and for no other.
    function testFuzz_OtherPointIsRefused(uint256[12] memory drawn, uint256 point) external view {
        uint256[] memory words = fieldElements(drawn, 6);
        IInferenceEscrow.BatchProof memory proof = BatchProver.prove(2, words);
        point %= R;
        vm.assume(point != uint256(keccak256(abi.encodePacked(proof.commitment, words))) % R);
        uint256 evaluation;
        for (uint256 i = 6; i > 0; --i) evaluation = mulmod(addmod(evaluation, words[i - 1], R), point, R);
        proof.proof = BatchProver.proofOf(2, [evaluation, point, proof.commitment]);
        assertTrue(!manyVerdict(proof, words), "proof of many");
    }

    /// A key with one other bit is refused, or is the key of another model under which the proof does not hold.
    function testFuzz_MutatedKeyIsUseless(uint256 index, uint256 bit) external {
        bytes memory key = Fixture.KEY;
        bit %= key.length * 8;
        key[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        Fixture.Entry memory entry = Fixture.entry(index % Fixture.POOL);
        try registry.register(key, IModelRegistry.Commitment(0, 0, 0), "") returns (bytes32 modelId) {
            assertTrue(modelId != Fixture.MODEL_ID, "id");
            assertTrue(!registry.verify(modelId, entry.proof, signalsOf(entry)), "proof");
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            assertTrue(
                selector == IModelRegistry.InvalidG1Point.selector ||
                    selector == IModelRegistry.InvalidG2Point.selector,
                "reason"
            );
        }
    }

    /// Jobs differ in their ids if they differ in anything.
    function testFuzz_AnyOtherTermIsAnotherJob(
        uint256 index,
        uint256 place,
        uint256 difference
    ) external view {
        Fixture.Entry memory entry = Fixture.entry(index % Fixture.POOL);
        bytes32 jobId = escrow.hashJob(entry.job);
        bytes memory words = abi.encode(entry.job);
        place %= 12;
        uint256[12] memory widths = [uint256(256), 256, 160, 160, 160, 256, 256, 64, 64, 160, 32, 256];
        difference &= type(uint256).max >> (256 - widths[place]);
        vm.assume(difference != 0);
        assembly ("memory-safe") {
            let word := add(add(words, 32), mul(place, 32))
            mstore(word, xor(mload(word), difference))
        }
        (bool success, bytes memory result) = address(escrow).staticcall(
            bytes.concat(escrow.hashJob.selector, words)
        );
        assertTrue(success && abi.decode(result, (bytes32)) != jobId, "id");
    }

    /// What is packed is decoded.
    function testFuzz_PackedIntegersAreDecoded(
        uint256[8] calldata raw,
        uint8 width,
        int64 offset
    ) external pure {
        OutputCodec.Schema memory schema;
        schema.width = 1 + (width % 124);
        schema.perWord = 248 / schema.width;
        schema.count = 8;
        schema.offset = offset;
        uint256[] memory words = new uint256[]((7 + uint256(schema.perWord)) / schema.perWord);
        uint256 mask = (1 << schema.width) - 1;
        for (uint256 i = 0; i < 8; ++i) {
            words[i / schema.perWord] |= (raw[i] & mask) << (schema.width * (i % schema.perWord));
        }
        int256[] memory values = OutputCodec.decode(words, schema);
        for (uint256 i = 0; i < 8; ++i) {
            assertTrue(values[i] == int256(raw[i] & mask) + offset, "value");
        }
    }

    function fieldElements(
        uint256[12] memory drawn,
        uint256 count
    ) private pure returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) words[i] = drawn[i] % R;
    }

    function manyVerdict(
        IInferenceEscrow.BatchProof memory proof,
        uint256[] memory words
    ) private view returns (bool) {
        return registry.verifyMany(Fixture.MODEL_ID, proof.jobs, proof.proof, proof.commitment, words);
    }

    function expectAll(uint256[8] memory proof, uint256[] memory signals, bool verdict) private view {
        assertTrue(registry.verify(Fixture.MODEL_ID, proof, signals) == verdict, "registry");
        uint256[8][] memory proofs = new uint256[8][](1);
        uint256[][] memory rows = new uint256[][](1);
        (proofs[0], rows[0]) = (proof, signals);
        assertTrue(registry.verifyBatch(Fixture.MODEL_ID, proofs, rows) == verdict, "batch");
        assertTrue(exportedVerdict(proof, signals) == verdict, "exported verifier");
    }

    function exportedVerdict(uint256[8] memory proof, uint256[] memory signals) private view returns (bool) {
        return
            exported.verifyProof(
                [proof[0], proof[1]],
                [[proof[2], proof[3]], [proof[4], proof[5]]],
                [proof[6], proof[7]],
                [signals[0], signals[1], signals[2]]
            );
    }
}
