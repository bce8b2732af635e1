// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceEscrow} from "../../../contracts/interfaces/IInferenceEscrow.sol";
import {EscrowBase} from "./EscrowBase.sol";
import {EscrowHandler} from "./EscrowHandler.sol";
import {Fixture} from "./Fixture.sol";

/// @title What holds after any sequence of actions
contract EscrowInvariants is EscrowBase {
    EscrowHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new EscrowHandler(escrow, token, callback);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// Ledger + open (amount + bond) = real balance, in native tokens and in others.
    function invariant_EveryUnitIsSomebodys() external view {
        assertEq(ledger(address(0)) + handler.openMoney(address(0)), address(escrow).balance, "coins");
        assertEq(
            ledger(address(token)) + handler.openMoney(address(token)),
            token.balanceOf(address(escrow)),
            "tokens"
        );
    }

    /// A job is in the state that its last effective action led to; nothing leads out of a terminal one.
    function invariant_TerminalStatesAbsorb() external view {
        for (uint256 i = 0; i < Fixture.POOL; ++i) {
            (IInferenceEscrow.Status status, ) = escrow.jobState(escrow.hashJob(Fixture.entry(i).job));
            assertEq(uint256(status), uint256(handler.statusOf(i)), "status");
        }
    }

    /// A due refund and a valid fulfillment before the deadline never revert; before or after, or forged, they do.
    function invariant_ActionsSucceedExactlyWhenTheyMay() external view {
        assertEq(handler.violations(), 0, "violations");
    }

    /// The callback gets nothing out of being called.
    function invariant_ReentranceGainsNothing() external view {
        assertEq(address(callback).balance + token.balanceOf(address(callback)), 0, "callback");
    }

    /// Every action of the handler can have an effect: the invariants are not met for lack of events.
    function test_HandlerIsEffective() external {
        handler.deposit(1, true, 99);
        handler.deposit(1, false, 99);
        handler.deposit(0, true, 99);
        handler.request(0, false);
        for (uint256 i = 1; i < 8; ++i) handler.request(i, false);
        for (uint256 i = 8; i < Fixture.POOL; ++i) if (i != 13 && i != 15) handler.request(i, false);
        handler.fulfill(0, 2, 0);
        handler.fulfill(8, 2, 0);
        handler.fulfill(9, 0, 1);
        handler.fulfill(10, 0, 2);
        handler.fulfillBatch(1, 3);
        handler.settle(5, true, false);
        handler.settle(6, false, true);
        handler.settle(13, false, false);
        handler.settle(13, true, true);
        handler.fulfillAndWithdraw(12, 0);
        handler.fulfillAndWithdraw(12, 2);
        handler.forge(2, 0);
        handler.forge(2, 1);
        handler.forge(2, 2);
        handler.refund(2, 1);
        handler.refund(4, 2);
        handler.fulfillMany(7, 14, false, 1);
        handler.fulfillMany(7, 14, false, 2);
        handler.fulfillMany(7, 7, true, 0);
        handler.fulfillMany(7, 14, true, 0);
        handler.settleMany(15, 11, false);
        handler.settleMany(15, 11, true);
        handler.fulfillMany(15, 11, false, 3);
        for (uint256 i = 0; i < 16; ++i) handler.settlePipeline(i, i % 2 == 0, i / 2);
        for (uint256 i = 0; i < 24; ++i) handler.warp(1499);
        handler.refund(4, 2);
        handler.withdraw(2, true, 0);
        bytes4[11] memory actions = [
            handler.deposit.selector,
            handler.request.selector,
            handler.fulfill.selector,
            handler.fulfillBatch.selector,
            handler.settle.selector,
            handler.fulfillMany.selector,
            handler.settleMany.selector,
            handler.settlePipeline.selector,
            handler.fulfillAndWithdraw.selector,
            handler.refund.selector,
            handler.withdraw.selector
        ];
        uint256[11] memory counts = [uint256(3), 14, 4, 1, 3, 1, 1, 16, 1, 2, 1];
        for (uint256 i = 0; i < 11; ++i) assertEq(handler.effects(actions[i]), counts[i], "effects");
        assertEq(handler.effects(handler.forge.selector), 0, "forgeries");
        assertEq(handler.violations(), 0, "violations");
        assertEq(callback.calls(), 16, "callbacks");
    }

    function ledger(address asset) private view returns (uint256 sum) {
        for (uint256 i = 0; i < 3; ++i) sum += escrow.balanceOf(handler.account(i), asset);
        sum += escrow.balanceOf(address(callback), asset);
    }
}
