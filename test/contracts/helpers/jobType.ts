/** The EIP-712 type of a job. */
export const JOB_TYPE = {
  Job: [
    { name: "modelId", type: "bytes32" },
    { name: "inputCommitment", type: "uint256" },
    { name: "client", type: "address" },
    { name: "provider", type: "address" },
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "bond", type: "uint256" },
    { name: "fundBy", type: "uint64" },
    { name: "fulfillBy", type: "uint64" },
    { name: "callback", type: "address" },
    { name: "callbackGas", type: "uint32" },
    { name: "salt", type: "bytes32" },
  ],
};
