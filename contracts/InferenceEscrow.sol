// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IInferenceCallback} from "./interfaces/IInferenceCallback.sol";
import {IInferenceEscrow} from "./interfaces/IInferenceEscrow.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {BN254} from "./libraries/BN254.sol";

/// @title Escrow that pays for proven inferences only
/// @notice See {IInferenceEscrow}.
/// @dev Whatever moves tokens or coins is guarded against reentrance, since a token is measured by its balance
/// before and after. Settling moves none: it writes its state, verifies against the registry, which is known code
/// without state, and calls back last; a callback may therefore use the escrow like anyone else.
contract InferenceEscrow is IInferenceEscrow, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice See {IInferenceEscrow-MAX_LOCK}.
    uint256 public constant MAX_LOCK = 90 days;
    /// @notice See {IInferenceEscrow-MAX_CALLBACK_GAS}.
    uint256 public constant MAX_CALLBACK_GAS = 2_000_000;

    /// @dev Covers what is spent between the check of the gas left and the callback: 2,600 for a cold account, and
    /// 2,600 more for the code that it delegates to (EIP-7702).
    uint256 private constant CALL_OVERHEAD = 6_000;

    /// @dev The state of a job with the status `Funded`.
    bytes32 private constant FUNDED = bytes32(uint256(Status.Funded));

    uint256 private constant JOB_LENGTH = 12 * 32;
    bytes32 private constant JOB_TYPEHASH = keccak256(
        "Job(bytes32 modelId,uint256 inputCommitment,address client,address provider,address token,uint256 amount,uint256 bond,uint64 fundBy,uint64 fulfillBy,address callback,uint32 callbackGas,bytes32 salt)"
    );

    /// @notice See {IInferenceEscrow-registry}.
    IModelRegistry public immutable registry;

    /// @dev One slot a job: 31 bytes of the result's hash, then the status.
    mapping(bytes32 jobId => bytes32 state) private _states;
    /// @notice See {IInferenceEscrow-balanceOf}.
    mapping(address account => mapping(address token => uint256 amount)) public balanceOf;

    constructor(IModelRegistry registry_) EIP712("InferenceEscrow", "1") {
        registry = registry_;
    }

    /// @notice See {IInferenceEscrow-request}.
    function request(
        Job calldata job,
        bytes calldata providerSignature
    ) external payable returns (bytes32 jobId) {
        // Allowances and coins are the sender's own.
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
        // A permit names no job: whoever sees it could spend it on a job of their own making.
        if (msg.sender != job.client) revert NotClient(job.client);
        jobId = _open(job, providerSignature);
        _checkToken(job.token);
        // solhint-disable no-empty-blocks
        try
            IERC20Permit(job.token).permit(job.client, address(this), job.amount, deadline, v, r, s)
        {} catch {}
        // solhint-enable no-empty-blocks
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
        _checkToken(job.token);
        uint256 expected = IERC20(job.token).balanceOf(address(this)) + job.amount;
        IERC3009(job.token).receiveWithAuthorization(
            job.client,
            address(this),
            job.amount,
            validAfter,
            validBefore,
            jobId,
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
        // Balances are their owner's to spend.
        if (msg.sender != job.client) revert NotClient(job.client);
        jobId = _open(job, providerSignature);
        _debit(job.client, job.token, job.amount);
    }

    /// @notice See {IInferenceEscrow-fulfill}.
    function fulfill(
        Job calldata job,
        address payee,
        uint256[8] calldata proof,
        uint256[] calldata outputs
    ) external {
        bytes32 jobId = _fulfill(job, payee, outputs);
        uint256[] memory signals = _signals(jobId, job, payee, outputs);
        // The output is not proven to be this model's on this input, for this job and payee.
        if (!registry.verify(job.modelId, proof, signals)) revert InvalidProof();
        _callBack(jobId, job, outputs);
    }

    /// @notice See {IInferenceEscrow-fulfillBatch}.
    function fulfillBatch(Fulfillment[] calldata fulfillments) external {
        uint256 count = fulfillments.length;
        // Without an entry there is no model to verify against.
        if (count == 0) revert EmptyBatch();
        bytes32[] memory jobIds = new bytes32[](count);
        uint256[8][] memory proofs = new uint256[8][](count);
        uint256[][] memory signals = new uint256[][](count);
        bytes32 modelId = fulfillments[0].job.modelId;
        for (uint256 i = 0; i < count; ++i) {
            Fulfillment calldata entry = fulfillments[i];
            // One product of pairings has one verification key.
            if (entry.job.modelId != modelId) revert MixedModels(modelId, entry.job.modelId);
            jobIds[i] = _fulfill(entry.job, entry.payee, entry.outputs);
            proofs[i] = entry.proof;
            signals[i] = _signals(jobIds[i], entry.job, entry.payee, entry.outputs);
        }
        // At least one of the outputs is not proven.
        if (!registry.verifyBatch(modelId, proofs, signals)) revert InvalidProof();
        for (uint256 i = 0; i < count; ++i)
            _callBack(jobIds[i], fulfillments[i].job, fulfillments[i].outputs);
    }

    /// @notice See {IInferenceEscrow-refund}.
    function refund(Job calldata job) external {
        bytes32 jobId = _settle(job, _pack(Status.Refunded, 0));
        // Until then the provider is owed its chance; it alone can give it up.
        if (block.timestamp <= job.fulfillBy && msg.sender != job.provider) {
            revert RefundNotDue(jobId, job.fulfillBy);
        }
        _credit(job.client, job.token, job.amount + job.bond);
        emit Refunded(jobId, job.client, msg.sender);
    }

    /// @notice See {IInferenceEscrow-deposit}.
    function deposit(address token, uint256 amount) external payable {
        // Nothing to do: most likely a mistake.
        if (amount == 0) revert ZeroAmount();
        _credit(msg.sender, token, amount);
        _receive(token, amount);
        emit Deposited(msg.sender, token, amount);
    }

    /// @notice See {IInferenceEscrow-withdraw}.
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        // Nothing to do: most likely a mistake.
        if (amount == 0) revert ZeroAmount();
        // Money sent to 0 is burnt; sent to the escrow it would belong to nobody.
        if (to == address(0) || to == address(this)) revert InvalidRecipient(to);
        _debit(msg.sender, token, amount);
        emit Withdrawn(msg.sender, token, amount, to);
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
    }

    /// @notice See {IInferenceEscrow-isResult}.
    function isResult(bytes32 jobId, uint256[] calldata outputs) external view returns (bool) {
        return _states[jobId] == _pack(Status.Fulfilled, keccak256(abi.encodePacked(outputs)));
    }

    /// @notice See {IInferenceEscrow-jobState}.
    function jobState(bytes32 jobId) external view returns (Status status, bytes31 resultHash) {
        bytes32 state = _states[jobId];
        return (_statusOf(state), bytes31(state));
    }

    /// @notice See {IInferenceEscrow-hashJob}.
    function hashJob(Job calldata job) public view returns (bytes32 jobId) {
        bytes32 typeHash = JOB_TYPEHASH;
        bytes32 structHash;
        assembly ("memory-safe") {
            // The terms in calldata are just the words that EIP-712 hashes; a copy costs less than to encode them.
            let start := mload(0x40)
            mstore(start, typeHash)
            calldatacopy(add(start, 0x20), job, JOB_LENGTH)
            structHash := keccak256(start, add(JOB_LENGTH, 0x20))
        }
        return _hashTypedDataV4(structHash);
    }

    /// @notice See {IInferenceEscrow-bindingOf}.
    function bindingOf(bytes32 jobId, address payee) public pure returns (uint256 binding) {
        return uint256(keccak256(abi.encode(jobId, payee))) >> 8;
    }

    /// @dev Checks the terms, marks the job funded and takes the bond. The caller takes the payment.
    function _open(Job calldata job, bytes calldata providerSignature) private returns (bytes32 jobId) {
        jobId = hashJob(job);
        _checkTerms(job);
        // A job is funded once: its proof and its signatures are good for one payment.
        if (_states[jobId] != 0) revert InvalidStatus(jobId, _statusOf(_states[jobId]));
        _states[jobId] = FUNDED;
        if (job.bond != 0) {
            // Nobody can put up another's money, nor hold a provider to an input that it has not seen.
            if (!SignatureChecker.isValidSignatureNowCalldata(job.provider, jobId, providerSignature)) {
                revert InvalidProviderSignature(job.provider);
            }
            _debit(job.provider, job.token, job.bond);
        }
        _emitRequested(jobId, job);
    }

    /// @dev `emit Requested(jobId, job.modelId, job)` with a copy of the terms instead of their encoding.
    function _emitRequested(bytes32 jobId, Job calldata job) private {
        bytes32 topic = Requested.selector;
        bytes32 modelId = job.modelId;
        assembly ("memory-safe") {
            let start := mload(0x40)
            calldatacopy(start, job, JOB_LENGTH)
            log3(start, JOB_LENGTH, topic, jobId, modelId)
        }
    }

    /// @dev Terms that no proof could meet, or that would lock the money for ever, are refused. Together with the
    /// callers this reads every field that is shorter than a word: Solidity reverts unless its other bits are zero,
    /// so that a job has one encoding, and one id.
    function _checkTerms(Job calldata job) private view {
        // Nothing would be paid.
        if (job.amount == 0) revert ZeroAmount();
        // The registry refuses such a signal.
        if (job.inputCommitment >= BN254.R) revert InvalidInputCommitment(job.inputCommitment);
        // The provider's offer is over; with a bond, the client could otherwise wait until it cannot be met.
        if (block.timestamp > job.fundBy) revert FundingClosed(job.fundBy);
        // Proving needs time, and money is locked for a limited one.
        if (job.fulfillBy < job.fundBy || job.fulfillBy > block.timestamp + MAX_LOCK) {
            revert InvalidDeadline(job.fulfillBy);
        }
        // There is nobody to put up the bond.
        if (job.provider == address(0) && job.bond != 0) revert BondWithoutProvider(job.bond);
        // Gas without a callback is a mistake, and a callback that fits in no block would forbid to fulfill the job.
        if (job.callbackGas > (job.callback == address(0) ? 0 : MAX_CALLBACK_GAS)) {
            revert CallbackGasTooHigh(job.callbackGas);
        }
        // An inference has an output, an input commitment and a binding.
        if (registry.signalCount(job.modelId) < 3) revert UnsuitableModel(job.modelId);
    }

    /// @dev Settles the job in favor of the payee. The caller has to verify the proof.
    function _fulfill(
        Job calldata job,
        address payee,
        uint256[] calldata outputs
    ) private returns (bytes32 jobId) {
        jobId = _settle(job, _pack(Status.Fulfilled, keccak256(abi.encodePacked(outputs))));
        // From here on the client can have its money back.
        if (block.timestamp > job.fulfillBy) revert FulfillmentClosed(jobId, job.fulfillBy);
        // Whoever knows the input can prove; in a closed job that earns nobody else the payment and the bond.
        if (payee == address(0) || (job.provider != address(0) && payee != job.provider)) {
            revert InvalidPayee(jobId, payee);
        }
        _credit(payee, job.token, job.amount + job.bond);
        emit Fulfilled(jobId, payee, outputs);
    }

    /// @dev The one way out of `Funded`.
    function _settle(Job calldata job, bytes32 end) private returns (bytes32 jobId) {
        jobId = hashJob(job);
        // Never funded, or settled already.
        if (_states[jobId] != FUNDED) revert InvalidStatus(jobId, _statusOf(_states[jobId]));
        _states[jobId] = end;
    }

    /// @dev Tells the job's callback, which can spend its gas in vain but cannot undo the payment.
    function _callBack(bytes32 jobId, Job calldata job, uint256[] calldata outputs) private {
        address callback = job.callback;
        if (callback == address(0)) return;
        bytes memory data = abi.encodeCall(IInferenceCallback.onInference, (jobId, outputs));
        uint256 callbackGas = job.callbackGas;
        // A call gets at most 63/64 of the gas left (EIP-150): a sender could otherwise starve the callback.
        if (gasleft() < (callbackGas * 64) / 63 + CALL_OVERHEAD) revert InsufficientCallbackGas(jobId);
        bool success;
        assembly ("memory-safe") {
            // No return data is copied, however much there is.
            success := call(callbackGas, callback, 0, add(data, 0x20), mload(data), 0, 0)
        }
        if (!success) emit CallbackFailed(jobId, callback);
    }

    /// @dev Takes coins or tokens from the sender, the exact amount or none.
    function _receive(address token, uint256 amount) private {
        if (token == address(0)) {
            // More would be lost, less would be somebody else's.
            if (msg.value != amount) revert InvalidValue(amount, msg.value);
        } else {
            // Coins would be lost.
            if (msg.value != 0) revert InvalidValue(0, msg.value);
            _pull(token, amount);
        }
    }

    /// @dev Guarded, since a token that calls its sender could otherwise have the same money measured twice.
    function _pull(address token, uint256 amount) private nonReentrant {
        _checkToken(token);
        uint256 expected = IERC20(token).balanceOf(address(this)) + amount;
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _checkReceived(token, amount, expected);
    }

    function _checkToken(address token) private view {
        // A call to an account without code does nothing, or fails without a reason.
        if (token.code.length == 0) revert NotAToken(token);
    }

    function _checkReceived(address token, uint256 amount, uint256 expected) private view {
        // With a fee on transfers the job's money would be in part somebody else's.
        if (IERC20(token).balanceOf(address(this)) != expected) revert InexactTransfer(token, amount);
    }

    function _credit(address account, address token, uint256 amount) private {
        balanceOf[account][token] += amount;
    }

    function _debit(address account, address token, uint256 amount) private {
        uint256 balance = balanceOf[account][token];
        // The rest would be taken from other accounts.
        if (balance < amount) revert BalanceTooLow(account, token, balance, amount);
        unchecked {
            balanceOf[account][token] = balance - amount;
        }
    }

    /// @dev The public signals in the circuit's order. Only the outputs are the sender's to choose.
    function _signals(
        bytes32 jobId,
        Job calldata job,
        address payee,
        uint256[] calldata outputs
    ) private pure returns (uint256[] memory signals) {
        uint256 count = outputs.length;
        signals = new uint256[](count + 2);
        for (uint256 i = 0; i < count; ++i) signals[i] = outputs[i];
        signals[count] = job.inputCommitment;
        signals[count + 1] = bindingOf(jobId, payee);
    }

    function _pack(Status status, bytes32 resultHash) private pure returns (bytes32 state) {
        return bytes31(resultHash) | bytes32(uint256(status));
    }

    function _statusOf(bytes32 state) private pure returns (Status status) {
        return Status(uint8(uint256(state)));
    }
}
