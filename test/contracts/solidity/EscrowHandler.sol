// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceEscrow} from "../../../contracts/InferenceEscrow.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {Puppet} from "../../../contracts/test/Puppet.sol";
import {TestToken} from "../../../contracts/test/TestToken.sol";
import {BatchProver} from "./BatchProver.sol";
import {Fixture} from "./Fixture.sol";
import {PipelineFixture} from "./PipelineFixture.sol";
import {PipelineProver} from "./PipelineProver.sol";
import {TestBase} from "./TestBase.sol";

/// @title Does with the escrow whatever its users can do, and keeps its own books
contract EscrowHandler is TestBase {
    InferenceEscrow private immutable escrow;
    TestToken private immutable token;
    Puppet private immutable callback;

    /// What became of each job of the pool, by these books.
    mapping(uint256 index => IInferenceEscrow.Status status) public statusOf;
    /// Actions that had to succeed and did not, or had to fail and did not.
    uint256 public violations;
    /// How often each kind of action had an effect.
    mapping(bytes4 action => uint256 count) public effects;
    uint256 public timestamp = Fixture.START;
    /// How many jobs of the model in segments there were.
    uint256 private pipelines;

    constructor(InferenceEscrow escrow_, TestToken token_, Puppet callback_) {
        (escrow, token, callback) = (escrow_, token_, callback_);
    }

    function warp(uint256 seconds_) external {
        timestamp += seconds_ % 1500;
        vm.warp(timestamp);
        effects[msg.sig]++;
    }

    function deposit(uint256 who, bool coins, uint256 amount) external {
        amount = 1 + (amount % 100);
        vm.prank(account(who));
        if (coins) escrow.deposit{value: amount}(address(0), amount);
        else escrow.deposit(address(token), amount);
        effects[msg.sig]++;
    }

    function withdraw(uint256 who, bool coins, uint256 part) external {
        address asset = coins ? address(0) : address(token);
        uint256 amount = escrow.balanceOf(account(who), asset);
        if (amount == 0) return;
        amount = 1 + (part % amount);
        vm.prank(account(who));
        try escrow.withdraw(asset, amount, account(who)) {
            effects[msg.sig]++;
        } catch {
            violations++;
        }
    }

    function request(uint256 index, bool fromBalance) external {
        Fixture.Entry memory entry = entryOf(index);
        IInferenceEscrow.Job memory job = entry.job;
        uint256 value = job.token == address(0) && !fromBalance ? job.amount : 0;
        vm.deal(Fixture.CLIENT, Fixture.CLIENT.balance + value);
        bool possible =
            statusOf[index % Fixture.POOL] == IInferenceEscrow.Status.None &&
                timestamp <= job.fundBy &&
                escrow.balanceOf(Fixture.PROVIDER, job.token) >= job.bond &&
                (!fromBalance || escrow.balanceOf(Fixture.CLIENT, job.token) >= job.amount);
        vm.prank(Fixture.CLIENT);
        (bool success, ) = address(escrow).call{value: value}(
            fromBalance
                ? abi.encodeCall(escrow.requestFromBalance, (job, entry.signature))
                : abi.encodeCall(escrow.request, (job, entry.signature))
        );
        note(success, possible);
        if (success) statusOf[index % Fixture.POOL] = IInferenceEscrow.Status.Funded;
    }

    /// Sends a valid proof. The callback tries to be paid again, to refund, and to take the escrow's money.
    function fulfill(uint256 index, uint256 who, uint256 mischief) external {
        Fixture.Entry memory entry = entryOf(index);
        callback.tellToAct(address(escrow), mischiefOf(entry, mischief));
        vm.prank(account(who));
        (bool success, ) = address(escrow).call(
            abi.encodeCall(escrow.fulfill, (entry.job, entry.payee, entry.proof, outputsOf(entry)))
        );
        note(success, fulfillable(index));
        if (success) statusOf[index % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
    }

    function fulfillBatch(uint256 first, uint256 second) external {
        IInferenceEscrow.Fulfillment[] memory batch = new IInferenceEscrow.Fulfillment[](2);
        batch[0] = fulfillmentOf(entryOf(first));
        batch[1] = fulfillmentOf(entryOf(second));
        bool different = first % Fixture.POOL != second % Fixture.POOL;
        bool possible = different && fulfillable(first) && fulfillable(second);
        (bool success, ) = address(escrow).call(abi.encodeCall(escrow.fulfillBatch, (batch)));
        note(success, possible);
        if (!success) return;
        statusOf[first % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
        statusOf[second % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
    }

    /// By one proof of 2 or 4 jobs, which holds or is of another output or of other payees.
    function fulfillMany(uint256 first, uint256 second, bool four, uint256 how) external {
        IInferenceEscrow.Answer[] memory answers = answersOf(first, second);
        callback.tellToAct(address(escrow), mischiefOf(entryOf(second), how));
        uint256 jobs = four ? 4 : 2;
        IInferenceEscrow.BatchProof memory proof = BatchProver.prove(
            jobs,
            BatchProver.wordsOf(escrow, answers, jobs)
        );
        if (how % 4 == 1) answers[how % answers.length].outputs[0]++;
        if (how % 4 == 2) answers[how % answers.length].payee = address(this);
        bool possible =
            how % 4 != 1 &&
                how % 4 != 2 &&
                first % Fixture.POOL != second % Fixture.POOL &&
                fulfillable(first) &&
                fulfillable(second);
        (bool success, ) = address(escrow).call(abi.encodeCall(escrow.fulfillMany, (answers, proof)));
        note(success, possible);
        if (!success) return;
        statusOf[first % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
        statusOf[second % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
    }

    /// The same for jobs that are funded or signed for.
    function settleMany(uint256 first, uint256 second, bool signed) external {
        IInferenceEscrow.Answer[] memory answers = answersOf(first, second);
        callback.tellToAct(address(escrow), mischiefOf(entryOf(first), second));
        IInferenceEscrow.Authorization[] memory authorizations = new IInferenceEscrow.Authorization[](2);
        for (uint256 i = 0; i < 2; ++i) {
            authorizations[i] = authorizationOf(answers[i].job, signed ? "client" : "stranger");
        }
        uint256 needed =
            (fulfillable(first) ? 0 : answers[0].job.amount) +
                (fulfillable(second) ? 0 : answers[1].job.amount);
        bool possible =
            first % Fixture.POOL != second % Fixture.POOL &&
                (fulfillable(first) || (collectable(first) && signed)) &&
                (fulfillable(second) || (collectable(second) && signed)) &&
                token.balanceOf(Fixture.CLIENT) >= needed;
        IInferenceEscrow.BatchProof memory proof = BatchProver.prove(
            2,
            BatchProver.wordsOf(escrow, answers, 2)
        );
        (bool success, ) = address(escrow).call(
            abi.encodeCall(escrow.settleMany, (answers, authorizations, proof))
        );
        note(success, possible);
        if (!success) return;
        statusOf[first % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
        statusOf[second % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
    }

    /// A job of the model in segments, in tokens, funded or signed for: first with a proof that does not hold, of another
    /// output, payee, edge or segment, then with one that does.
    function settlePipeline(uint256 index, bool funded, uint256 how) external {
        Fixture.Entry memory entry = pipelineEntryOf(index);
        callback.tellToAct(address(escrow), mischiefOf(entry, how));
        bool possible = token.balanceOf(Fixture.CLIENT) >= entry.job.amount;
        if (funded && possible) {
            vm.prank(Fixture.CLIENT);
            escrow.request(entry.job, "");
        }
        IInferenceEscrow.PipelineProof memory proof = PipelineProver.proveJob(
            escrow,
            entry.job,
            entry.payee,
            entry.output
        );
        if (sendPipeline(forgedPipeline(entry, how), forgedProof(entry, proof, how), funded)) violations++;
        note(sendPipeline(entry, proof, funded), possible);
    }

    /// Settles in one step: a funded job, or one in tokens that its client pays for by a signature, valid or not.
    function settle(uint256 index, bool signed, bool batch) external {
        Fixture.Entry memory entry = entryOf(index);
        bool possible = fulfillable(index) || (collectable(index) && signed);
        callback.tellToAct(address(escrow), mischiefOf(entry, index));
        bytes memory data = settlementOf(entry, signed ? "client" : "stranger", batch);
        (bool success, ) = address(escrow).call(data);
        note(success, possible);
        if (success) statusOf[index % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
    }

    /// The payee, or somebody else, has the payment sent to itself.
    function fulfillAndWithdraw(uint256 index, uint256 who) external {
        Fixture.Entry memory entry = entryOf(index);
        callback.tellToAct(address(escrow), mischiefOf(entry, who));
        vm.prank(account(who));
        (bool success, ) = address(escrow).call(
            abi.encodeCall(
                escrow.fulfillAndWithdraw,
                (entry.job, entry.proof, outputsOf(entry), account(who))
            )
        );
        note(success, fulfillable(index) && account(who) == entry.payee);
        if (success) statusOf[index % Fixture.POOL] = IInferenceEscrow.Status.Fulfilled;
    }

    /// Sends a proof that does not hold: another output, another payee, or another job's proof.
    function forge(uint256 index, uint256 how) external {
        Fixture.Entry memory entry = entryOf(index);
        if (how % 3 == 0) entry.output++;
        if (how % 3 == 1) entry.payee = address(this);
        if (how % 3 == 2) entry.proof = entryOf(addmod(index, 1, Fixture.POOL)).proof;
        (bool success, ) = address(escrow).call(
            abi.encodeCall(escrow.fulfill, (entry.job, entry.payee, entry.proof, outputsOf(entry)))
        );
        note(success, false);
    }

    function refund(uint256 index, uint256 who) external {
        Fixture.Entry memory entry = entryOf(index);
        bool possible =
            statusOf[index % Fixture.POOL] == IInferenceEscrow.Status.Funded &&
                (timestamp > entry.job.fulfillBy || account(who) == entry.job.provider);
        vm.prank(account(who));
        (bool success, ) = address(escrow).call(abi.encodeCall(escrow.refund, (entry.job)));
        note(success, possible);
        if (success) statusOf[index % Fixture.POOL] = IInferenceEscrow.Status.Refunded;
    }

    /// What is in open jobs, by these books.
    function openMoney(address asset) external view returns (uint256 sum) {
        for (uint256 i = 0; i < Fixture.POOL; ++i) {
            if (statusOf[i] != IInferenceEscrow.Status.Funded) continue;
            IInferenceEscrow.Job memory job = Fixture.entry(i).job;
            if (job.token == asset) sum += job.amount + job.bond;
        }
    }

    function account(uint256 who) public view returns (address) {
        return [Fixture.CLIENT, Fixture.PROVIDER, Fixture.STRANGER, address(callback)][who % 3];
    }

    function fulfillable(uint256 index) private view returns (bool) {
        return
            statusOf[index % Fixture.POOL] == IInferenceEscrow.Status.Funded &&
            timestamp <= entryOf(index).job.fulfillBy;
    }

    /// Whether the client's signature can pay for the job.
    function collectable(uint256 index) private view returns (bool) {
        IInferenceEscrow.Job memory job = entryOf(index).job;
        return
            statusOf[index % Fixture.POOL] == IInferenceEscrow.Status.None &&
            timestamp <= job.fundBy &&
            job.token != address(0) &&
            token.balanceOf(Fixture.CLIENT) >= job.amount;
    }

    function note(bool success, bool possible) private {
        if (success != possible) violations++;
        if (success) effects[msg.sig]++;
    }

    function settlementOf(
        Fixture.Entry memory entry,
        string memory signer,
        bool batch
    ) private view returns (bytes memory) {
        IInferenceEscrow.Authorization[] memory authorizations = new IInferenceEscrow.Authorization[](1);
        IInferenceEscrow.Fulfillment[] memory fulfillments = new IInferenceEscrow.Fulfillment[](1);
        authorizations[0] = authorizationOf(entry.job, signer);
        fulfillments[0] = fulfillmentOf(entry);
        if (batch) return abi.encodeCall(escrow.settleBatch, (fulfillments, authorizations));
        uint256[] memory outputs = outputsOf(entry);
        return
            abi.encodeCall(escrow.settle, (entry.job, authorizations[0], entry.payee, entry.proof, outputs));
    }

    /// A job of its own, in tokens, without a bond.
    function pipelineEntryOf(uint256 index) private returns (Fixture.Entry memory entry) {
        entry = entryOf(index);
        entry.job.modelId = PipelineFixture.MODEL_ID;
        (entry.job.token, entry.job.bond) = (address(token), 0);
        entry.job.fundBy = entry.job.fulfillBy = uint64(timestamp);
        entry.job.salt = keccak256(abi.encode("pipeline", ++pipelines));
    }

    function forgedPipeline(
        Fixture.Entry memory entry,
        uint256 how
    ) private view returns (Fixture.Entry memory forged) {
        forged = Fixture.Entry(entry.job, entry.payee, entry.proof, entry.output, "");
        if (how % 4 == 0) forged.output++;
        if (how % 4 == 1) forged.payee = address(this);
    }

    function forgedProof(
        Fixture.Entry memory entry,
        IInferenceEscrow.PipelineProof memory proof,
        uint256 how
    ) private view returns (IInferenceEscrow.PipelineProof memory forged) {
        forged = PipelineProver.proveJob(escrow, entry.job, entry.payee, entry.output);
        uint256 place = (how / 4) % 4;
        if (how % 4 == 2) forged.edges[place] = addmod(forged.edges[place], 1, PipelineProver.R);
        if (how % 4 == 3) forged.proofs[place] = proof.proofs[place + 1];
    }

    function sendPipeline(
        Fixture.Entry memory entry,
        IInferenceEscrow.PipelineProof memory proof,
        bool funded
    ) private returns (bool success) {
        uint256[] memory outputs = outputsOf(entry);
        (success, ) = address(escrow).call(
            funded
                ? abi.encodeCall(escrow.fulfillPipeline, (entry.job, entry.payee, proof, outputs))
                : abi.encodeCall(
                    escrow.settlePipeline,
                    (entry.job, authorizationOf(entry.job, "client"), entry.payee, proof, outputs)
                )
        );
    }

    function authorizationOf(
        IInferenceEscrow.Job memory job,
        string memory signer
    ) private view returns (IInferenceEscrow.Authorization memory authorization) {
        bytes32 digest = escrow.settlementDigest(escrow.hashJob(job));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256(bytes(signer))), digest);
        authorization.method = IInferenceEscrow.Method.Allowance;
        authorization.signature = abi.encodePacked(r, s, v);
    }

    function answersOf(
        uint256 first,
        uint256 second
    ) private pure returns (IInferenceEscrow.Answer[] memory answers) {
        answers = new IInferenceEscrow.Answer[](2);
        Fixture.Entry memory entry = entryOf(first);
        answers[0] = IInferenceEscrow.Answer(entry.job, entry.payee, outputsOf(entry));
        entry = entryOf(second);
        answers[1] = IInferenceEscrow.Answer(entry.job, entry.payee, outputsOf(entry));
    }

    function mischiefOf(Fixture.Entry memory entry, uint256 mischief) private view returns (bytes memory) {
        if (mischief % 3 == 0) {
            return abi.encodeCall(escrow.fulfill, (entry.job, entry.payee, entry.proof, outputsOf(entry)));
        }
        if (mischief % 3 == 1) return abi.encodeCall(escrow.refund, (entry.job));
        return abi.encodeCall(escrow.withdraw, (entry.job.token, 1, address(callback)));
    }

    function entryOf(uint256 index) private pure returns (Fixture.Entry memory) {
        return Fixture.entry(index % Fixture.POOL);
    }

    function fulfillmentOf(
        Fixture.Entry memory entry
    ) private pure returns (IInferenceEscrow.Fulfillment memory) {
        return IInferenceEscrow.Fulfillment(entry.job, entry.payee, entry.proof, outputsOf(entry));
    }

    function outputsOf(Fixture.Entry memory entry) private pure returns (uint256[] memory outputs) {
        outputs = new uint256[](1);
        outputs[0] = entry.output;
    }
}
