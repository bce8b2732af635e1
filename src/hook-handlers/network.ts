import type { NetworkHooks } from "hardhat/types/hooks";
import "../type-extensions.js";
import { makeRuntime } from "./runtime.js";

/** `connection.torch2circom`, for tests and scripts that own their connections. */
export default async (): Promise<Partial<NetworkHooks>> => ({
  newConnection: async (context, next) => {
    const connection = await next(context);
    const ownConnection = Promise.resolve(connection);
    connection.torch2circom = makeRuntime({
      config: context.config,
      connection: (network) => (network === undefined ? ownConnection : context.network.getOrCreate(network)),
    });
    return connection;
  },
});
