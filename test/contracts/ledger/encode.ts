import {
  concat,
  dataSlice,
  id,
  Interface,
  keccak256,
  SigningKey,
  toBeHex,
  TypedDataEncoder,
  Wallet,
  ZeroAddress,
} from "ethers";
import { bindingOf } from "../../../src/client/binding.js";
import { evaluateWords, inputChallenge } from "../../../src/client/evaluation.js";
import {
  AUTHORIZATION_TYPES,
  escrowDomain,
  PERMIT_TYPES,
  SETTLEMENT_TYPES,
} from "../../../src/client/typedData.js";
import { FIELD_ORDER } from "../../../src/groth16/field.js";
import { InferenceEscrow__factory, Puppet__factory } from "../../../types/ethers-contracts/index.js";
import {
  type Action,
  type Answer,
  type Authorization,
  type BatchProof,
  type Edge,
  type Fulfillment,
  jobIdOf,
  type Message,
  type PipelineProof,
  type SegmentProof,
  type Signature,
  type Statement,
} from "./calls.js";
import { proofOf } from "./prover.js";

/** The accounts that send and sign, with their keys. */
export const KEYS = new Map(
  ["client", "provider", "relayer", "stranger"].map((name) => {
    const { address, privateKey } = new Wallet(id(name));
    return [address, new SigningKey(privateKey)];
  }),
);

const MODES = { Nothing: 0, Revert: 1, Invalid: 2, BurnGas: 4 };
const SETTLEMENT = id(TypedDataEncoder.from(SETTLEMENT_TYPES).encodeType("Settlement"));
const CANCELLATION_TYPES = {
  CancelAuthorization: [
    { name: "authorizer", type: "address" },
    { name: "nonce", type: "bytes32" },
  ],
};
const TOKEN = new Interface([
  "function cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)",
  "function approve(address,uint256)",
  "function transfer(address,uint256)",
  "function halve(address)",
  "function setBlocked(address,bool)",
  "function setPercent(uint256)",
]);
const ESCROW = InferenceEscrow__factory.createInterface();
const PUPPET = Puppet__factory.createInterface();

const plain = ({ job, payee, outputs }: Answer) => ({ job, payee, outputs });

/** Calls as bytes: signs and proves what they only name. */
export class Encoder {
  private readonly signatures = new Map<string, string>();

  constructor(
    private readonly escrow: string,
    private readonly chainId: bigint,
    /** The name in the EIP-712 domain of a token. */
    private readonly names: ReadonlyMap<string, string>,
    /** The generator of G1, times a scalar. */
    private readonly multiply: (scalar: bigint) => Promise<bigint[]>,
  ) {}

  /** What to call for it, and with what. */
  async encode(action: Action): Promise<[to: string, data: string]> {
    const escrow = async (...args: unknown[]): Promise<[string, string]> => [
      this.escrow,
      ESCROW.encodeFunctionData(action.name as "refund", args as never),
    ];
    switch (action.name) {
      case "request":
      case "requestFromBalance":
        return escrow(action.job, this.sign(action.signature));
      case "requestWithPermit":
      case "requestWithAuthorization": {
        const { job, signature } = action;
        const [of, times] =
          action.name === "requestWithPermit"
            ? [action.permit, [action.deadline]]
            : [action.authorization, [action.validAfter, action.validBefore]];
        return escrow(job, this.sign(signature), ...times, ...this.split(of));
      }
      case "fulfill":
        return escrow(...Object.values(await this.fulfillment(action))); // in the order of the parameters
      case "settle": {
        const { job, payee, proof, outputs } = await this.fulfillment(action);
        return escrow(job, this.authorize(action.authorization), payee, proof, outputs);
      }
      case "fulfillBatch":
        return escrow(await Promise.all(action.fulfillments.map((one) => this.fulfillment(one))));
      case "settleBatch":
        return escrow(
          await Promise.all(action.fulfillments.map((one) => this.fulfillment(one))),
          action.authorizations.map((one) => this.authorize(one)),
        );
      case "fulfillMany":
        return escrow(action.answers.map(plain), await this.batchProof(action.proof));
      case "settleMany":
        return escrow(
          action.answers.map(plain),
          action.authorizations.map((one) => this.authorize(one)),
          await this.batchProof(action.proof),
        );
      case "fulfillPipeline":
        return escrow(action.job, action.payee, await this.pipelineProof(action.proof), action.outputs);
      case "settlePipeline": {
        const { job, authorization, payee, proof, outputs } = action;
        return escrow(job, this.authorize(authorization), payee, await this.pipelineProof(proof), outputs);
      }
      case "fulfillAndWithdraw": {
        const { job, proof, outputs } = await this.fulfillment({ ...action, payee: ZeroAddress });
        return escrow(job, proof, outputs, action.to);
      }
      case "refund":
        return escrow(action.job);
      case "deposit":
        return escrow(action.token, action.amount);
      case "withdraw":
        return escrow(action.token, action.amount, action.to);
      default:
        return this.encodeOutside(action);
    }
  }

  private async encodeOutside(action: Action): Promise<[to: string, data: string]> {
    switch (action.name) {
      case "approve":
        return [action.token, TOKEN.encodeFunctionData("approve", [this.escrow, action.amount])];
      case "give":
        if (action.token === ZeroAddress) return [this.escrow, "0x"];
        return [action.token, TOKEN.encodeFunctionData("transfer", [this.escrow, action.amount])];
      case "cancel": {
        const nonce = this.digestOf({ kind: action.nonce, jobId: jobIdOf(action.job), here: true });
        const { client, token } = action.job;
        return [
          token,
          TOKEN.encodeFunctionData("cancelAuthorization", [client, nonce, ...this.split(action.signature)]),
        ];
      }
      case "halve":
        return [action.token, TOKEN.encodeFunctionData("halve", [action.account])];
      case "block":
        return [action.token, TOKEN.encodeFunctionData("setBlocked", [action.account, action.blocked])];
      case "charge":
        return [action.token, TOKEN.encodeFunctionData("setPercent", [action.percent])];
      case "tell": {
        if (action.mode !== "Act")
          return [action.puppet, PUPPET.encodeFunctionData("tell", [MODES[action.mode]])];
        return [action.puppet, PUPPET.encodeFunctionData("tellToAct", await this.encode(action.act!))];
      }
      default:
        throw new Error(`${action.name} is not known`);
    }
  }

  private async fulfillment({ job, payee, proof, outputs }: Fulfillment) {
    return { job, payee, proof: await proofOf(proof, this.signalsOf(proof), this.multiply), outputs };
  }

  private async batchProof(proof: BatchProof) {
    const words = proof.statements.flatMap((one) => this.signalsOf(one));
    const commitment = BigInt(keccak256(concat(words.map((word) => toBeHex(word, 32))))) % FIELD_ORDER;
    const challenge = inputChallenge(commitment, words);
    const signals = [evaluateWords(words, challenge), challenge, commitment];
    return { jobs: proof.jobs, commitment, proof: await proofOf(proof, signals, this.multiply) };
  }

  private async pipelineProof({ segments, edges }: PipelineProof) {
    const proofs = segments.map((one) => proofOf(one, this.segmentSignals(one), this.multiply));
    return { proofs: await Promise.all(proofs), edges: edges.map((edge) => this.edgeWord(edge)) };
  }

  private segmentSignals({ place, statement, edges }: SegmentProof): bigint[] {
    const edge = (i: number) => this.edgeWord(edges[i]) % FIELD_ORDER;
    if (place === 0) return [edge(0), ...this.signalsOf(statement).slice(-2)];
    return place === edges.length ? [...statement.outputs, edge(place - 1)] : [edge(place), edge(place - 1)];
  }

  private edgeWord({ place, jobId, payee, here, beyond }: Edge): bigint {
    const made = [toBeHex(place, 32), jobId, payee, here ? "0x01" : "0x00"];
    return (BigInt(keccak256(concat(made))) % FIELD_ORDER) + (beyond ? FIELD_ORDER : 0n);
  }

  private signalsOf({ outputs, inputCommitment, jobId, payee, here }: Statement): bigint[] {
    const where = { chainId: this.chainId, escrow: here ? this.escrow : ZeroAddress };
    return [...outputs, inputCommitment, bindingOf(jobId, payee, where)];
  }

  private authorize({ method, validAfter, validBefore, signature, permit }: Authorization) {
    return {
      method,
      validAfter,
      validBefore,
      signature: this.sign(signature),
      permit: this.sign(permit),
    };
  }

  private sign(signature: Signature | undefined): string {
    if (signature === undefined || signature.length === 0) return "0x";
    const { signer, message, length } = signature;
    const digest = this.digestOf(message);
    const signed = this.signatures.get(signer + digest) ?? KEYS.get(signer)!.sign(digest).serialized;
    this.signatures.set(signer + digest, signed);
    return dataSlice(signed, 0, length);
  }

  private split(signature: Signature): [v: string, r: string, s: string] {
    const signed = this.sign(signature);
    return [dataSlice(signed, 64), dataSlice(signed, 0, 32), dataSlice(signed, 32, 64)];
  }

  private digestOf(message: Message): string {
    if (message.kind === "permit") {
      const { token, nonce, value, deadline, owner } = message;
      const permit = { owner, spender: this.escrow, value, nonce, deadline };
      return TypedDataEncoder.hash(this.tokenDomain(token), PERMIT_TYPES, permit);
    }
    if (message.kind === "cancel") {
      const { token, from, nonce, jobId } = message;
      const terms = { authorizer: from, nonce: this.digestOf({ kind: nonce, jobId, here: true }) };
      return TypedDataEncoder.hash(this.tokenDomain(token), CANCELLATION_TYPES, terms);
    }
    if (message.kind === "receive") {
      const { token, from, value, validAfter, validBefore, jobId } = message;
      const nonce = this.digestOf({ kind: message.nonce, jobId, here: true });
      const terms = { from, to: this.escrow, value, validAfter, validBefore, nonce };
      return TypedDataEncoder.hash(this.tokenDomain(token), AUTHORIZATION_TYPES, terms);
    }
    const domain = escrowDomain({ chainId: this.chainId, escrow: message.here ? this.escrow : ZeroAddress });
    const { kind, jobId } = message;
    const hash = kind === "job" ? jobId : keccak256(concat([SETTLEMENT, jobId]));
    return keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(domain), hash]));
  }

  private tokenDomain(token: string) {
    return {
      name: this.names.get(token) ?? "None",
      version: "1",
      chainId: this.chainId,
      verifyingContract: token,
    };
  }
}
