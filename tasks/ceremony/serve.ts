import { once } from "node:events";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "../output.js";

interface Arguments {
  model: string;
  host?: string;
  port: number;
  turn: number;
  proxy: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, host, port, turn, proxy, json } = args;
  const coordinator = await hre.torch2circom.ceremony.serve(model, {
    host,
    port,
    turnSeconds: turn,
    isBehindProxy: proxy,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const { url } = coordinator;
  print({ url }, json, () => [
    `The ceremony of "${model}" is at ${url}`,
    `Contributors run npx torch2circom contribute <address>, or open the address in a browser.`,
    "Ctrl-C ends it: what has been accepted stays, and contributors join again.",
  ]);
  await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal)));
  await coordinator.close();
}
