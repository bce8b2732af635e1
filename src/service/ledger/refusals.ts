import { Torch2CircomError } from "../../errors/torch2circomError.js";

export function signerBusy(address: string): Torch2CircomError {
  return new Torch2CircomError(
    "SIGNER_BUSY",
    `Another owner holds the signer: a process of the service signs with ${address} already`,
    "End that process, or serve with another account.",
  );
}

export function waitsStill(address: string): Torch2CircomError {
  return new Torch2CircomError(
    "TRANSACTION_PENDING",
    `Transactions of ${address} are not mined or not final yet that the service does not know`,
    "Start the service when they are, or with an account that it has for itself.",
  );
}

export function foreignUse(address: string, nonce: number): Torch2CircomError {
  return new Torch2CircomError(
    "SIGNER_SHARED",
    `Foreign use of the key: the transaction ${nonce} of ${address} is mined, and is none that the service signed`,
    "Nothing more is signed. If the database is a backup that was restored, serve with --adopt-nonce. Otherwise see what the other one did, and give the service an account that nobody else uses.",
  );
}
