// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC3009Bytes} from "../interfaces/IERC3009Bytes.sol";
import {Jobs} from "./Jobs.sol";
import {Ledger} from "./Ledger.sol";

/// @title How the money of a job comes into the escrow
/// @notice Part of {InferenceEscrow}.
abstract contract Funding is Jobs, Ledger {
    using SafeERC20 for IERC20;

    /// @notice See {IInferenceEscrow-request}.
    function request(
        Job calldata job,
        bytes calldata providerSignature
    ) external payable returns (bytes32 jobId) {
        // Reject other senders: allowances and native tokens are the sender's own.
        if (msg.sender != job.client) revert NotClient(job.client);
        jobId = _open(job, providerSignature);
        _receive(job.token, job.amount);
    }

    /// @notice See {IInferenceEscrow-requestWithPermit}.
    function requestWithPermit(
        Job calldata job,
        bytes calldata providerSignature,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (bytes32 jobId) {
        // Reject other senders: a permit names no job, so anyone who sees it could spend it on a job of their own.
        if (msg.sender != job.client) revert NotClient(job.client);
        jobId = _open(job, providerSignature);
        _checkToken(job.token);
        _tryPermit(job, deadline, v, r, s);
        _receive(job.token, job.amount);
    }

    /// @notice See {IInferenceEscrow-requestWithAuthorization}.
    function requestWithAuthorization(
        Job calldata job,
        bytes calldata providerSignature,
        uint256 validAfter,
        uint256 validBefore,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (bytes32 jobId) {
        jobId = _open(job, providerSignature);
        uint256 expected = _expect(job.token, job.amount);
        IERC3009(job.token).receiveWithAuthorization(
            job.client,
            address(this),
            job.amount,
            validAfter,
            validBefore,
            jobDigest(jobId),
            v,
            r,
            s
        );
        _checkReceived(job.token, job.amount, expected);
    }

    /// @notice See {IInferenceEscrow-requestFromBalance}.
    function requestFromBalance(
        Job calldata job,
        bytes calldata providerSignature
    ) external returns (bytes32 jobId) {
        // Reject other senders: only its owner spends a balance.
        if (msg.sender != job.client) revert NotClient(job.client);
        jobId = _open(job, providerSignature);
        _debit(job.client, job.token, job.amount);
    }

    /// @dev Takes the payment of a job that is being settled, by what its client has signed. All signatures are of
    /// the settlement: they are worth nothing to whoever has no proof.
    function _collect(
        bytes32 jobId,
        Job calldata job,
        Authorization calldata authorization
    ) internal nonReentrant {
        Method method = authorization.method;
        // Reject a job that nothing pays for.
        if (method == Method.None) revert InvalidStatus(jobId, Status.None);
        uint256 expected = _expect(job.token, job.amount);
        bytes32 digest = settlementDigest(jobId);
        if (method == Method.Receive) {
            (uint8 v, bytes32 r, bytes32 s) = _split(authorization.signature);
            IERC3009(job.token).receiveWithAuthorization(
                job.client,
                address(this),
                job.amount,
                authorization.validAfter,
                authorization.validBefore,
                digest,
                v,
                r,
                s
            );
        } else if (method == Method.ReceiveBytes) {
            IERC3009Bytes(job.token).receiveWithAuthorization(
                job.client,
                address(this),
                job.amount,
                authorization.validAfter,
                authorization.validBefore,
                digest,
                authorization.signature
            );
        } else {
            // Reject an unsigned settlement: an allowance names no job, so anyone could spend it on a job of their own.
            if (!SignatureChecker.isValidSignatureNowCalldata(job.client, digest, authorization.signature)) {
                revert InvalidClientSignature(job.client);
            }
            if (authorization.permit.length != 0) {
                (uint8 v, bytes32 r, bytes32 s) = _split(authorization.permit);
                _tryPermit(job, authorization.validBefore, v, r, s);
            }
            IERC20(job.token).safeTransferFrom(job.client, address(this), job.amount);
        }
        _checkReceived(job.token, job.amount, expected);
    }

    /// @dev Checks the terms, marks the job funded and takes the bond. The caller takes the payment.
    function _open(Job calldata job, bytes calldata providerSignature) private returns (bytes32 jobId) {
        jobId = hashJob(job);
        _checkTerms(job);
        // Reject a second funding: proof and signatures of a job are good for one payment.
        if (_states[jobId] != 0) revert InvalidStatus(jobId, _statusOf(_states[jobId]));
        _states[jobId] = FUNDED;
        if (job.bond != 0) {
            // Reject an unsigned bond: it is the provider's money, on an input that the provider must have seen.
            if (
                !SignatureChecker.isValidSignatureNowCalldata(
                    job.provider,
                    jobDigest(jobId),
                    providerSignature
                )
            ) {
                revert InvalidProviderSignature(job.provider);
            }
            _debit(job.provider, job.token, job.bond);
        }
        _emitRequested(jobId, job);
    }

    /// @dev A permit that was used up already does no harm: the transfer decides.
    function _tryPermit(Job calldata job, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        // solhint-disable no-empty-blocks
        try
            IERC20Permit(job.token).permit(job.client, address(this), job.amount, deadline, v, r, s)
        {} catch {}
        // solhint-enable no-empty-blocks
    }

    /// @dev `r ‖ s ‖ v`.
    function _split(bytes calldata signature) private pure returns (uint8 v, bytes32 r, bytes32 s) {
        // Reject a signature of another form.
        if (signature.length != 65) revert InvalidSignatureLength(signature.length);
        return (uint8(signature[64]), bytes32(signature[0:32]), bytes32(signature[32:64]));
    }
}
