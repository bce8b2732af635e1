import type { StepName } from "../../src/phase2/checkKey.js";
import { addOrder, addTo, type Break, changed, type Good } from "./break.js";
import { contributeWith, Sections, smallOrderPoint } from "./zkey.js";

/** Parts of a contribution. */
const [DELTA, G1S, G1SX, G2SPX, TRANSCRIPT, TYPE] = [0, 64, 128, 192, 320, 384];

/** A change of one contribution, or of their list. */
function contributed(name: string, change: (list: Buffer[], good: Good) => unknown, reason: RegExp): Break {
  return changed(
    name,
    "contributions",
    async (sections, good) => {
      const list = sections.contributions();
      await change(list, good);
      sections.setContributions(list);
    },
    reason,
  );
}

/** A key without contributions that is changed to have one. */
function alone(name: string, secret: (r: bigint) => bigint, step: StepName, reason: RegExp): Break {
  return {
    ...{ name, step, reason },
    make: async ({ keys, curve }) => {
      const sections = Sections.read(keys.zkeys[0]);
      await contributeWith(sections, secret(curve.r));
      return sections.bytes();
    },
  };
}

/** Parameters of a contribution, in place of its own. */
function withParameters(contribution: Buffer, type: number, parameters: readonly number[]): Buffer {
  const head = Buffer.from(contribution.subarray(0, TYPE + 8));
  head.writeUInt32LE(type, TYPE);
  head.writeUInt32LE(parameters.length, TYPE + 4);
  return Buffer.concat([head, Buffer.from(parameters)]);
}

/** Contributions that are missing, changed or made up. */
export const CONTRIBUTIONS: readonly Break[] = [
  {
    name: "no contribution",
    step: "contributions",
    reason: /none, so that anybody can forge/,
    make: ({ keys }) => Sections.read(keys.zkeys[0]).bytes(),
  },
  alone("a secret of 1", () => 1n, "contributions", /secret is 1 or -1/),
  alone("a secret of -1", (r) => r - 1n, "contributions", /secret is 1 or -1/),
  {
    name: "a delta without a contribution",
    step: "delta",
    make: async ({ keys }) => {
      const sections = Sections.read(keys.zkeys[1]);
      await contributeWith(sections, 5n);
      sections.setContributions(Sections.read(keys.zkeys[1]).contributions());
      return sections.bytes();
    },
  },
  changed(
    "another hash of the circuit",
    "contributions",
    (s) => (s.get(10)[3] ^= 1),
    /contribution 1: its transcript/,
  ),
  changed("a contribution more claimed", "contributions", (s) => s.get(10).writeUInt32LE(4, 64), /cut off/),
  changed(
    "a contribution fewer claimed",
    "contributions",
    (s) => s.get(10).writeUInt32LE(2, 64),
    /bytes follow/,
  ),
  changed(
    "2^32 contributions claimed",
    "contributions",
    (s) => s.get(10).writeUInt32LE(2 ** 32 - 1, 64),
    /number/,
  ),
  contributed(
    "contributions swapped",
    (list) => list.splice(0, 2, list[1], list[0]),
    /contribution 1: its transcript/,
  ),
  contributed("a contribution left out", (list) => list.splice(1, 1), /contribution 2: its transcript/),
  contributed("only a beacon", (list) => list.splice(0, 2), /beacons only/),
  contributed(
    "a transcript changed",
    (list) => (list[1][TRANSCRIPT + 5] ^= 1),
    /contribution 2: its transcript/,
  ),
  contributed(
    "g1_s off the curve",
    (list) => (list[0][G1S + 3] ^= 1),
    /contribution 1: g1_s is not on the curve/,
  ),
  contributed("g1_sx at infinity", (list) => list[0].fill(0, G1SX, G2SPX), /g1_sx is the point at infinity/),
  contributed("a g1_s that is not below q", (list) => addOrder(list[0].subarray(G1S, G1S + 32)), /below q/),
  contributed(
    "g2_spx of small order",
    async (list, { curve: { G2 } }) =>
      addTo(G2, list[0].subarray(G2SPX, TRANSCRIPT), await smallOrderPoint()),
    /g2_spx is not in the subgroup/,
  ),
  contributed(
    "a g2_spx of another secret",
    (list, { curve: { G2 } }) => addTo(G2, list[0].subarray(G2SPX, TRANSCRIPT), G2.g),
    /contribution 1: its proof of knowledge/,
  ),
  contributed(
    "a delta that does not follow",
    (list, { curve: { G1 } }) => addTo(G1, list[0].subarray(DELTA, G1S), G1.g),
    /contribution 1: delta does not follow/,
  ),
  contributed(
    "a beacon with exponent 45",
    (list) => (list[2][list[2].length - 19] = 45),
    /beacon exponent 45/,
  ),
  contributed("a beacon with exponent 9", (list) => (list[2][list[2].length - 19] = 9), /beacon exponent 9/),
  contributed("a beacon of another value", (list) => (list[2][list[2].length - 1] ^= 1), /not the beacon's/),
  contributed(
    "a beacon of another exponent",
    (list) => (list[2][list[2].length - 19] = 11),
    /not the beacon's/,
  ),
  contributed(
    "a beacon relabelled, with its value",
    (list) => list[2].writeUInt32LE(0, TYPE),
    /beacon parameters/,
  ),
  contributed(
    "a contribution called a beacon",
    (list) => list[0].writeUInt32LE(1, TYPE),
    /beacon parameters/,
  ),
  contributed("a third type", (list) => list[0].writeUInt32LE(2, TYPE), /type is 2/),
  contributed(
    "a name that is not UTF-8",
    (list) => (list[0] = withParameters(list[0], 0, [1, 1, 255])),
    /UTF-8/,
  ),
  contributed(
    "a name that moves the cursor",
    (list) => (list[0] = withParameters(list[0], 0, [1, 2, 27, 91])),
    /control/,
  ),
  contributed(
    "a name longer than its place",
    (list) => (list[0] = withParameters(list[0], 0, [1, 9, 65])),
    /cut off/,
  ),
  contributed(
    "two names",
    (list) => (list[0] = withParameters(list[0], 0, [1, 1, 65, 1, 1, 66])),
    /parameters/,
  ),
  contributed(
    "an unknown parameter",
    (list) => (list[0] = withParameters(list[0], 0, [4, 1, 65])),
    /parameters/,
  ),
];

/** Keys that are changed where nothing in them can show it: whoever publishes hashes and transcript tells. */
export const UNSEEN: readonly Omit<Break, "step">[] = [
  contributed("a name changed", (list) => (list[0] = withParameters(list[0], 0, [1, 3, 101, 118, 101])), /./),
  contributed(
    "a beacon relabelled as a person",
    (list) => (list[2] = withParameters(list[2], 0, [1, 1, 65])),
    /./,
  ),
  alone("a sole contributor who keeps the secret", () => 5n, "file", /./),
];
