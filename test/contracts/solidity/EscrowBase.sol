// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceEscrow} from "../../../contracts/InferenceEscrow.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Puppet} from "../../../contracts/test/Puppet.sol";
import {TestToken} from "../../../contracts/test/TestToken.sol";
import {Fixture} from "./Fixture.sol";
import {PipelineFixture} from "./PipelineFixture.sol";
import {TestBase} from "./TestBase.sol";

/// @title Registry, escrow, token and callback at the addresses that the fixture's proofs are made for
abstract contract EscrowBase is TestBase {
    ModelRegistry internal registry;
    InferenceEscrow internal escrow;
    TestToken internal token;
    Puppet internal callback;

    function setUp() public virtual {
        vm.warp(Fixture.START);
        vm.prank(Fixture.DEPLOYER);
        registry = new ModelRegistry();
        vm.prank(Fixture.DEPLOYER);
        escrow = new InferenceEscrow(registry);
        vm.prank(Fixture.DEPLOYER);
        token = new TestToken();
        vm.prank(Fixture.DEPLOYER);
        callback = new Puppet();
        assertTrue(address(escrow) == Fixture.ESCROW, "run test/contracts/fixtures/generateProofs.ts");
        IModelRegistry.Commitment memory commitment;
        registry.registerSet(Fixture.KEY, Fixture.batchKeys(), commitment, "");
        registry.registerPipeline(PipelineFixture.pipelineKeys(), PipelineFixture.SEGMENTS, commitment, "");

        address[3] memory accounts = [Fixture.CLIENT, Fixture.PROVIDER, Fixture.STRANGER];
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.deal(accounts[i], 1 ether);
            token.mint(accounts[i], 1 ether);
            vm.prank(accounts[i]);
            token.approve(address(escrow), type(uint256).max);
        }
    }

    function outputsOf(Fixture.Entry memory entry) internal pure returns (uint256[] memory outputs) {
        outputs = new uint256[](1);
        outputs[0] = entry.output;
    }

    /// The signature of an account of the fixture, whose key is the hash of its name.
    function signBy(string memory name, bytes32 digest) internal pure returns (bytes memory signature) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256(bytes(name))), digest);
        return abi.encodePacked(r, s, v);
    }

    /// What pays for a job by the allowance that the escrow has.
    function allowance(
        bytes memory signature
    ) internal pure returns (IInferenceEscrow.Authorization memory authorization) {
        authorization.method = IInferenceEscrow.Method.Allowance;
        authorization.signature = signature;
    }

    function signalsOf(Fixture.Entry memory entry) internal view returns (uint256[] memory signals) {
        signals = new uint256[](3);
        signals[0] = entry.output;
        signals[1] = entry.job.inputCommitment;
        signals[2] = escrow.bindingOf(escrow.hashJob(entry.job), entry.payee);
    }
}
