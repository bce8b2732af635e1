import { whole, type Declaration } from "../declaration.js";

/** The tasks of a provider who sells answers over HTTP, and of its clients. */
export const serviceDeclarations: Readonly<Record<string, Declaration>> = {
  serve: {
    description: "Sells answers of built and registered models over HTTP: takes orders, proves, settles",
    variadic: ["models", "Names of built and registered models"],
    options: {
      account: whole("Number of the account in the network's configuration: it is paid, and pays for gas", 0),
      price:
        'Price of an answer, in whole tokens: 0.001 in the native token, "1.5 0x…" in an ERC-20 token, or several: 0.001,"1.5 0x…"; after the token, what the price is worth in the native one, to sell nothing while gas costs more: "1.5 0x… 0.0004" (default: the prices of each model in the configuration)',
      host: "Address to listen at (default: 127.0.0.1, for this machine and a proxy on it)",
      port: whole("Port to listen at; 0 for any", 8018),
      proxy: "Addresses of proxies before the service, which say whose request it is: 10.0.0.1,10.0.0.2",
      perMinute: whole("Requests of one address in a minute", 600),
      provers: whole("Provers in this process; 0 where other machines prove (torch2circom:work)", 1),
      batch: whole("Jobs that one transaction settles, at most", 8),
      wait: whole("Seconds that a proven job waits for others, to share a transaction", 30),
      promise: whole("Seconds within which an answer is promised: what takes longer is not sold", 600),
      confirmations:
        "Blocks on top of a transaction's block that make it final (default: 12; 1 on chains for development)",
      maxGasPrice: whole(
        "Gwei for a unit of gas above which nothing is sold, and settlements wait until a deadline is near",
        50,
      ),
      withdrawEvery: whole(
        "Hours from one withdrawal of the account's balance in the escrow to the next; 0 for never",
        24,
      ),
      withdrawTo: "Address that earnings are withdrawn to (default: the account's own)",
      bundles:
        "Folder with bundles of models (torch2circom:bundle), <name>.tgz, which anybody may download to audit",
      keepInputs: whole("Hours after the end of a job until its input is erased", 24),
      fallback:
        "Another network of the configuration, of the same chain: asked where the first one does not answer (default: none)",
      fromBlock:
        "Block from which on jobs are found that clients fund without a quote (default: the first time 50,000 blocks ago, then where it was)",
    },
    flags: {
      allowSingleContributor: "Sell under a key that one contributor alone has made, on a public chain",
      noPublicPool:
        "Prove first for whoever has signed, whatever the answer shows: nobody can read transactions that wait (a private relay, or a chain without a pool)",
      adoptNonce:
        "After the restore of a backup: go on with the account's nonce as the chain has it, though the backup is older than its last transaction",
    },
    action: () => import("./serve.js"),
  },
  work: {
    description: "Proves jobs of a service, on its machine or on any other with the same DATABASE_URL",
    variadic: ["models", "Names of builds (default: all that the service sells and that are here)", []],
    action: () => import("./work.js"),
  },
  buy: {
    description: "Buys an answer from a service over HTTP: pays, waits for the proof, and checks it",
    positional: ["url", "Address of the service: https://…"],
    options: {
      model: "Name of a model that it sells, or the registry's id (default: the only one)",
      samples: "Inputs: .npz, .npy, .json, or a folder with <input>.npy (required unless --job)",
      index: whole("Which sample", 0),
      job: "Instead of a sample: a job by its id or file, to go on with; one that was funded elsewhere (torch2circom:request) is answered by this service",
      most: "The most that the answer may cost, in whole tokens (default: what the price list says)",
      token: "Address of the token to pay in (default: the first of the price list)",
      pay: "signature (the service pays the gas) or transaction (default: signature, but for the native token)",
      account: whole("Number of the account in the network's configuration", 0),
      timeout: whole("Seconds to wait for the answer", 900),
    },
    flags: {
      final: "Wait until the provider's payment is final, too",
      allowSingleContributor:
        "Pay for a proof under a key that one contributor alone has made, on a public chain",
    },
    action: () => import("./buy.js"),
  },
  "service:status": {
    description: "Shows the books of a service: earned, spent on gas, open, at risk; jobs and provers",
    action: () => import("./status.js"),
  },
};
