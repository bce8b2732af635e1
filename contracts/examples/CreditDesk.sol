// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {InferenceConsumer} from "../InferenceConsumer.sol";
import {IInferenceEscrow} from "../interfaces/IInferenceEscrow.sol";
import {OutputCodec} from "../libraries/OutputCodec.sol";

/// @title Lends to whom a model finds creditworthy
/// @notice An example of {InferenceConsumer}. A bureau attests an applicant's data by signing the model's commitment
/// to it; the applicant pays for the inference; if the proven score (a logit, say) reaches the threshold, the
/// applicant can borrow once up to the limit. Nobody learns the data, and nobody can lend on another score.
contract CreditDesk is InferenceConsumer, EIP712 {
    /// @notice The terms on which this desk lends.
    struct Policy {
        bytes32 modelId;
        OutputCodec.Schema score;
        int256 threshold;
        uint256 limit;
        address bureau;
    }

    bytes32 private constant REPORT_TYPEHASH = keccak256("Report(address applicant,uint256 inputCommitment)");
    uint64 private constant PATIENCE = 1 days;
    uint32 private constant CALLBACK_GAS = 100_000;

    /// @notice The terms on which this desk lends.
    Policy public policy;
    /// @notice Who applied by this job.
    mapping(bytes32 jobId => address applicant) public applicantOf;
    /// @notice What this account can still borrow.
    mapping(address applicant => uint256 amount) public creditOf;

    /// @notice Whether this account has been scored; only the first score counts.
    mapping(address applicant => bool) public isScored;

    /// @notice The applicant's score is proven.
    event Scored(address indexed applicant, int256 score, uint256 credit);

    /// @dev The bureau has not signed this commitment for this applicant.
    error InvalidReport(address applicant);
    /// @dev More than the applicant's credit.
    error CreditExceeded(uint256 credit);
    /// @dev The job cannot be refunded to this applicant.
    error NothingToReturn(bytes32 jobId);

    constructor(
        IInferenceEscrow escrow_,
        Policy memory policy_
    ) InferenceConsumer(escrow_) EIP712("CreditDesk", "1") {
        policy = policy_;
    }

    /// @notice Takes the desk's funds, and refunds from the escrow.
    receive() external payable {}

    /// @notice Applies for credit; the value sent pays for the inference.
    /// @param report the bureau's EIP-712 signature of `Report(applicant, inputCommitment)`.
    function applyFor(
        uint256 inputCommitment,
        bytes calldata report
    ) external payable returns (bytes32 jobId) {
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(REPORT_TYPEHASH, msg.sender, inputCommitment))
        );
        // Reject data that the bureau did not sign: an applicant could invent them.
        if (!SignatureChecker.isValidSignatureNow(policy.bureau, digest, report))
            revert InvalidReport(msg.sender);
        IInferenceEscrow.Job memory job;
        job.modelId = policy.modelId;
        job.inputCommitment = inputCommitment;
        job.amount = msg.value;
        job.fundBy = uint64(block.timestamp);
        job.fulfillBy = uint64(block.timestamp) + PATIENCE;
        job.callbackGas = CALLBACK_GAS;
        job.salt = bytes32(uint256(uint160(msg.sender)));
        jobId = _requestInference(job, "");
        applicantOf[jobId] = msg.sender;
    }

    /// @notice Passes a refunded job's payment on to its applicant.
    /// @dev The job's refund must have been credited by {IInferenceEscrow-refund}, which anyone can call.
    function returnPayment(IInferenceEscrow.Job calldata job) external {
        bytes32 jobId = escrow.hashJob(job);
        (IInferenceEscrow.Status status, ) = escrow.jobState(jobId);
        address applicant = applicantOf[jobId];
        // Reject a job that was scored, is not over, was returned already, or is not of this desk.
        if (status != IInferenceEscrow.Status.Refunded || applicant == address(0))
            revert NothingToReturn(jobId);
        delete applicantOf[jobId];
        escrow.withdraw(address(0), job.amount, applicant);
    }

    /// @notice Lends to the sender.
    function borrow(uint256 amount) external {
        uint256 credit = creditOf[msg.sender];
        // Reject more than the score is good for.
        if (amount > credit) revert CreditExceeded(credit);
        creditOf[msg.sender] = credit - amount;
        Address.sendValue(payable(msg.sender), amount);
    }

    /// @dev See {InferenceConsumer-_onResult}.
    function _onResult(bytes32 jobId, uint256[] calldata outputs) internal override {
        address applicant = applicantOf[jobId];
        // Whoever could apply again would borrow again.
        if (isScored[applicant]) return;
        isScored[applicant] = true;
        int256 score = OutputCodec.decodeAt(outputs, policy.score, 0);
        uint256 credit = score < policy.threshold ? 0 : policy.limit;
        creditOf[applicant] = credit;
        emit Scored(applicant, score, credit);
    }
}
