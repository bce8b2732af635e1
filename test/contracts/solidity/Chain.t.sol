// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {BatchProver} from "./BatchProver.sol";
import {EscrowBase} from "./EscrowBase.sol";
import {Fixture} from "./Fixture.sol";
import {FixtureVerifier} from "./FixtureVerifier.sol";

/// @title What becomes of keys, jobs and proofs on a chain that changes
contract ChainTest is EscrowBase {
    uint256 private constant NEW_ID = 999;

    /// Jobs in native tokens and others, with a bond and without, are funded on one chain id and refunded on another.
    function testFuzz_JobsOutliveTheChainId(uint64 chainId) external {
        vm.assume(chainId != 0 && chainId != block.chainid);
        for (uint256 i = 0; i < 8; ++i) fund(Fixture.entry(i));
        vm.chainId(chainId);
        vm.warp(Fixture.START + 90 days);
        for (uint256 i = 0; i < 8; ++i) {
            IInferenceEscrow.Job memory job = Fixture.entry(i).job;
            uint256 before = escrow.balanceOf(job.client, job.token);
            escrow.refund(job);
            assertEq(escrow.balanceOf(job.client, job.token), before + job.amount + job.bond, "credit");
            assertStatus(job, IInferenceEscrow.Status.Refunded);
        }
        address[2] memory assets = [address(0), address(token)];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 balance = escrow.balanceOf(Fixture.CLIENT, assets[i]);
            vm.prank(Fixture.CLIENT);
            escrow.withdraw(assets[i], balance, Fixture.CLIENT);
            assertEq(escrow.balanceOf(Fixture.CLIENT, assets[i]), 0, "balance");
        }
    }

    /// Proofs of the other chain, alone, in a batch, of many jobs and with a withdrawal, are worth nothing; under its own id they are good.
    function test_ProofsOfAnotherChainAreWorthNothing() external {
        uint256 original = block.chainid;
        for (uint256 i = 0; i < 4; ++i) {
            Fixture.Entry memory entry = Fixture.entry(i);
            fund(entry);
            bytes[4] memory calls = fulfillments(entry);
            vm.chainId(NEW_ID);
            for (uint256 j = 0; j < 4; ++j) {
                vm.prank(entry.payee);
                assertRefused(calls[j], IInferenceEscrow.InvalidProof.selector);
            }
            assertStatus(entry.job, IInferenceEscrow.Status.Funded);
            vm.chainId(original);
            escrow.fulfill(entry.job, entry.payee, entry.proof, outputsOf(entry));
        }
    }

    /// A provider's acceptance, and a client's signature of a funding or a settlement, are of one chain id.
    function test_SignaturesOfAnotherChainAreWorthNothing() external {
        // A closed job in tokens with a bond, and an open one.
        Fixture.Entry memory bonded = Fixture.entry(7);
        Fixture.Entry memory open = Fixture.entry(1);
        bytes memory settlement = signBy("client", escrow.settlementDigest(escrow.hashJob(open.job)));
        vm.prank(Fixture.PROVIDER);
        escrow.deposit(address(token), bonded.job.bond);

        vm.chainId(NEW_ID);
        vm.prank(Fixture.CLIENT);
        assertRefused(
            abi.encodeCall(escrow.request, (bonded.job, bonded.signature)),
            IInferenceEscrow.InvalidProviderSignature.selector
        );

        uint256[8] memory proof;
        vm.mockCall(address(registry), abi.encodePacked(IModelRegistry.verify.selector), abi.encode(true));
        assertRefused(
            abi.encodeCall(
                escrow.settle,
                (open.job, allowance(settlement), open.payee, proof, outputsOf(open))
            ),
            IInferenceEscrow.InvalidClientSignature.selector
        );

        bytes memory again = signBy("client", escrow.settlementDigest(escrow.hashJob(open.job)));
        escrow.settle(open.job, allowance(again), open.payee, proof, outputsOf(open));
        assertStatus(open.job, IInferenceEscrow.Status.Fulfilled);
    }

    /// An answer of the right length that is not the right one, or the right one with another length: no registry is
    /// made, and no proof holds.
    function testFuzz_OddAnswersProveNothing(uint256 which, uint256 length, uint256 seed) external {
        uint256 precompile = 6 + (which % 3);
        bytes memory answer = new bytes(length % 129);
        for (uint256 i = 0; i < answer.length; ++i) {
            answer[i] = bytes1(uint8(uint256(keccak256(abi.encode(seed, i)))));
        }
        FixtureVerifier exported = new FixtureVerifier();
        Fixture.Entry memory entry = Fixture.entry(seed % Fixture.POOL);
        uint256[] memory signals = signalsOf(entry);
        vm.mockCall(address(uint160(precompile)), "", answer);
        expectNothing(exported, entry, signals);
        // A pairing that says yes to everything fails the test that must fail; 32 bytes of another one are not yes.
        if (precompile == 8) {
            vm.mockCall(address(8), "", abi.encode(seed | 3));
            expectNothing(exported, entry, signals);
            vm.mockCall(address(8), "", bytes.concat(abi.encode(1), new bytes(1 + (length % 64))));
            expectNothing(exported, entry, signals);
        }
    }

    function test_APairingThatSaysYesToEverythingMakesNoRegistry() external {
        vm.mockCall(address(8), "", abi.encode(1));
        vm.expectRevert(IModelRegistry.UnsupportedChain.selector);
        new ModelRegistry();
    }

    function expectNothing(
        FixtureVerifier exported,
        Fixture.Entry memory entry,
        uint256[] memory signals
    ) private {
        vm.expectRevert(IModelRegistry.UnsupportedChain.selector);
        new ModelRegistry();
        uint256[8][] memory proofs = new uint256[8][](1);
        uint256[][] memory rows = new uint256[][](1);
        (proofs[0], rows[0]) = (entry.proof, signals);
        assertTrue(
            !holds(
                address(registry),
                abi.encodeCall(registry.verify, (Fixture.MODEL_ID, entry.proof, signals))
            ),
            "registry"
        );
        assertTrue(
            !holds(address(registry), abi.encodeCall(registry.verifyBatch, (Fixture.MODEL_ID, proofs, rows))),
            "batch"
        );
        uint256[8] memory proof = entry.proof;
        assertTrue(
            !exported.verifyProof(
                [proof[0], proof[1]],
                [[proof[2], proof[3]], [proof[4], proof[5]]],
                [proof[6], proof[7]],
                [signals[0], signals[1], signals[2]]
            ),
            "exported verifier"
        );
    }

    function holds(address target, bytes memory data) private view returns (bool) {
        (bool success, bytes memory result) = target.staticcall(data);
        return success && abi.decode(result, (bool));
    }

    function fund(Fixture.Entry memory entry) private {
        IInferenceEscrow.Job memory job = entry.job;
        if (job.bond != 0) {
            vm.deal(Fixture.PROVIDER, 1 ether);
            vm.prank(Fixture.PROVIDER);
            escrow.deposit{value: job.token == address(0) ? job.bond : 0}(job.token, job.bond);
        }
        vm.prank(Fixture.CLIENT);
        escrow.request{value: job.token == address(0) ? job.amount : 0}(job, entry.signature);
    }

    function fulfillments(Fixture.Entry memory entry) private view returns (bytes[4] memory calls) {
        IInferenceEscrow.Fulfillment[] memory batch = new IInferenceEscrow.Fulfillment[](1);
        batch[0] = IInferenceEscrow.Fulfillment(entry.job, entry.payee, entry.proof, outputsOf(entry));
        calls[0] = abi.encodeCall(escrow.fulfill, (entry.job, entry.payee, entry.proof, outputsOf(entry)));
        calls[1] = abi.encodeCall(escrow.fulfillBatch, (batch));
        calls[2] = abi.encodeCall(
            escrow.fulfillAndWithdraw,
            (entry.job, entry.proof, outputsOf(entry), entry.payee)
        );
        IInferenceEscrow.Answer[] memory answers = new IInferenceEscrow.Answer[](1);
        answers[0] = IInferenceEscrow.Answer(entry.job, entry.payee, outputsOf(entry));
        uint256[] memory words = BatchProver.wordsOf(escrow, answers, 2);
        calls[3] = abi.encodeCall(escrow.fulfillMany, (answers, BatchProver.prove(2, words)));
    }

    function assertRefused(bytes memory call, bytes4 selector) private {
        (bool success, bytes memory reason) = address(escrow).call(call);
        assertTrue(!success && bytes4(reason) == selector, "refused");
    }

    function assertStatus(IInferenceEscrow.Job memory job, IInferenceEscrow.Status expected) private view {
        (IInferenceEscrow.Status status, ) = escrow.jobState(escrow.hashJob(job));
        assertEq(uint256(status), uint256(expected), "status");
    }
}
