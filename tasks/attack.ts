import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeFamily } from "../src/attack/attack.js";
import type { AttackReport } from "../src/attack/types.js";
import { createProgress } from "../src/progress/progress.js";
import { print, sizes } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  index: number;
  seconds: number;
  other?: string;
  size?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const report = await hre.torch2circom.attack(args.model, {
    samples: args.samples,
    index: args.index,
    seconds: args.seconds,
    other: args.other,
    sizes: sizes(args.size),
    progress: createProgress({ silent: args.json }),
  });
  print(report, args.json, describe);
  if (report.found > 0) process.exitCode = 1;
}

function describe(report: AttackReport): string[] {
  const { model, constraints, wires, tried, seconds, families, found } = report;
  const holes = families.flatMap((family) => family.holes.map((hole) => ({ ...hole, id: family.id })));
  const count = (value: number) => value.toLocaleString("en");
  return [
    `${model}: ${count(constraints)} constraints, ${count(wires)} wires`,
    ...families.flatMap((family) => [
      `${family.id}  ${family.title}: ${describeFamily(family)}`,
      ...(family.example ? [`      e.g. ${family.example.what}: refused by ${family.example.by}`] : []),
      ...family.free.map(({ wire, reason }) => `      free by design: ${wire} (${reason})`),
      ...(family.tried > 0 ? family.notes.map((note) => `      ${note}`) : []),
    ]),
    ...(found === 0
      ? [
          `No forgery found in ${count(tried)} tries of these families, in ${seconds.toFixed(0)} s. That is not a proof that there is none.`,
        ]
      : [
          "",
          `${count(found)} HOLES: forgeries were ACCEPTED, or wires are not pinned.`,
          ...holes.map(({ id, what, evidence }) => `  ${id}  ${what}: ${evidence}`),
          "Do not use this build. Please report it with the model.",
        ]),
  ];
}
