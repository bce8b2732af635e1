// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceEscrow} from "../../../contracts/InferenceEscrow.sol";
import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {Puppet} from "../../../contracts/test/Puppet.sol";
import {TestToken} from "../../../contracts/test/TestToken.sol";
import {Fixture} from "./Fixture.sol";
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

    /// Settles in one step: a funded job, or one in tokens that its client pays for by a signature, valid or not.
    function settle(uint256 index, bool signed, bool batch) external {
        Fixture.Entry memory entry = entryOf(index);
        bool collectable =
            statusOf[index % Fixture.POOL] == IInferenceEscrow.Status.None &&
                timestamp <= entry.job.fundBy &&
                entry.job.token != address(0) &&
                token.balanceOf(Fixture.CLIENT) >= entry.job.amount;
        bool possible = fulfillable(index) || (collectable && signed);
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
        bytes32 digest = escrow.settlementDigest(escrow.hashJob(entry.job));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256(bytes(signer))), digest);
        authorizations[0].method = IInferenceEscrow.Method.Allowance;
        authorizations[0].signature = abi.encodePacked(r, s, v);
        fulfillments[0] = fulfillmentOf(entry);
        if (batch) return abi.encodeCall(escrow.settleBatch, (fulfillments, authorizations));
        uint256[] memory outputs = outputsOf(entry);
        return
            abi.encodeCall(escrow.settle, (entry.job, authorizations[0], entry.payee, entry.proof, outputs));
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
