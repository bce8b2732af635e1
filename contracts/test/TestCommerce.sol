// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC8183} from "../adapters/IERC8183.sol";

/// @title ERC-8183's life of a job, without hooks and fees
/// @notice For tests; written from the standard's text. A job that was never funded cannot be refunded here.
contract TestCommerce is IERC8183 {
    using SafeERC20 for IERC20;

    /// @notice The states of a job.
    enum Status {
        Open,
        Funded,
        Submitted,
        Completed,
        Expired
    }

    /// @notice A job.
    struct Job {
        address client;
        address provider;
        address evaluator;
        uint256 budget;
        uint256 expiredAt;
        Status status;
    }

    /// @notice The payment token.
    IERC20 public immutable token;
    /// @notice The jobs.
    mapping(uint256 jobId => Job job) public jobs;
    /// @notice The number of jobs.
    uint256 public count;

    /// @notice A job is completed.
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);

    /// @dev The job is in another state.
    error WrongStatus();
    /// @dev The sender has another role.
    error Unauthorized();

    constructor(IERC20 token_) {
        token = token_;
    }

    /// @notice Creates and funds a job.
    function createAndFund(
        address provider,
        address evaluator,
        uint256 expiredAt,
        uint256 budget
    ) external returns (uint256 jobId) {
        jobId = ++count;
        jobs[jobId] = Job(msg.sender, provider, evaluator, budget, expiredAt, Status.Funded);
        token.safeTransferFrom(msg.sender, address(this), budget);
    }

    /// @notice Says that the work is done.
    function submit(uint256 jobId) external {
        Job storage job = jobs[jobId];
        if (msg.sender != job.provider) revert Unauthorized();
        if (job.status != Status.Funded) revert WrongStatus();
        job.status = Status.Submitted;
    }

    /// @notice Refunds an expired job.
    function claimRefund(uint256 jobId) external {
        Job storage job = jobs[jobId];
        if (job.status != Status.Funded && job.status != Status.Submitted) revert WrongStatus();
        if (block.timestamp < job.expiredAt) revert WrongStatus();
        job.status = Status.Expired;
        token.safeTransfer(job.client, job.budget);
    }

    /// @inheritdoc IERC8183
    function complete(uint256 jobId, bytes32 reason, bytes calldata) external {
        Job storage job = jobs[jobId];
        if (msg.sender != job.evaluator) revert Unauthorized();
        if (job.status != Status.Submitted) revert WrongStatus();
        job.status = Status.Completed;
        token.safeTransfer(job.provider, job.budget);
        emit JobCompleted(jobId, msg.sender, reason);
    }
}
