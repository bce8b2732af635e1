import { JsonRpcProvider } from "ethers";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** Keys of anvil's first accounts, which every development node has. */
export const KEYS = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
];

/** A node with a pool of transactions, which can be told what to do with them. */
export interface Anvil {
  readonly url: string;
  send(method: string, ...params: unknown[]): Promise<unknown>;
  close(): void;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Starts anvil, of the npm package for this system, on a free port. */
export async function startAnvil(...options: string[]): Promise<Anvil> {
  const platform = `${process.platform}-${ARCHITECTURES[process.arch]}`;
  const binary = createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${platform}/bin/anvil`);
  const child = spawn(binary, ["--port", "0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      const [, found] = /Listening on 127\.0\.0\.1:(\d+)/.exec((text += more)) ?? [];
      if (found !== undefined) resolve(found);
    });
    child
      .on("error", reject)
      .on("exit", (code) => reject(new Error(`anvil ended with code ${code}: ${text}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const provider = new JsonRpcProvider(url, undefined, { batchMaxCount: 1 });
  return {
    url,
    send: (method, ...params) => provider.send(method, params),
    close: () => {
      provider.destroy();
      child.kill();
    },
  };
}
