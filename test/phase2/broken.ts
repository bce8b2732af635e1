import { addOrder, addTo, type Break, changed } from "./break.js";
import { CONTRIBUTIONS } from "./brokenContributions.js";
import { fullCurve, type FullCurve, Sections, smallOrderPoint } from "./zkey.js";
import { CIRCUIT, type Keys } from "./keys.js";

const IDS = { IC: 3, A: 5, B1: 6, B2: 7, C: 8, H: 9 } as const;

type PointSection = keyof typeof IDS;

const NAMES = Object.keys(IDS) as PointSection[];

/** A wire, or a place in the domain, that every section has. */
const POINT = 2;

/** A wire that is in no row of B: its point there is at infinity. */
const NOT_IN_B = 25;

function bytesOf(name: PointSection): number {
  return name === "B2" ? 128 : 64;
}

function pointOf(sections: Sections, name: PointSection, index = POINT): Uint8Array {
  return sections.get(IDS[name]).subarray(bytesOf(name) * index, bytesOf(name) * (index + 1));
}

function swap(left: Uint8Array, right: Uint8Array): void {
  const copy = Uint8Array.from(left);
  left.set(right);
  right.set(copy);
}

/** Points that are changed in each of some sections, which have to be named all. */
function inSections(
  name: string,
  change: (s: Sections, section: PointSection, group: FullCurve["G1"]) => unknown,
  reason?: RegExp,
): Break[] {
  // Without B2, IC and C are not checked: it is changed alone.
  return [NAMES.filter((section) => section !== "B2"), ["B2" as const]].map((list) => ({
    ...{ name: `${name} in ${list.join(", ")}`, step: list, reason },
    make: async ({ keys, curve }) => {
      const sections = Sections.read(keys.zkeys[3]);
      for (const section of list) await change(sections, section, section === "B2" ? curve.G2 : curve.G1);
      return sections.bytes();
    },
  }));
}

const points: readonly Break[] = [
  ...inSections("a point off the curve", (s, name) => (pointOf(s, name)[3] ^= 1), /not on the curve/),
  ...inSections(
    "a coordinate not below q",
    (s, name) => addOrder(pointOf(s, name).subarray(0, 32)),
    /below q/,
  ),
  ...inSections("points swapped", (s, name) => swap(pointOf(s, name, 1), pointOf(s, name, 3))),
  ...inSections("infinity", (s, name) => pointOf(s, name).fill(0)),
  ...inSections("changes that cancel out in a plain sum", (s, name, group) => {
    addTo(group, pointOf(s, name, 1), group.g);
    addTo(group, pointOf(s, name, 3), group.neg(group.g));
  }),
  ...NAMES.map((name) =>
    changed(`another point in ${name}`, name, (s, { curve }) => {
      const group = name === "B2" ? curve.G2 : curve.G1;
      addTo(group, pointOf(s, name), group.g);
    }),
  ),
];

const files: readonly Break[] = [
  {
    name: "appended bytes",
    step: "file",
    reason: /5 bytes follow/,
    make: ({ keys }) => Buffer.concat([Sections.read(keys.zkeys[3]).bytes(), Buffer.from("hello")]),
  },
  ...[1, 20, 5000].map((bytes): Break => ({
    name: `cut off by ${bytes} bytes`,
    step: "file",
    reason: /cut off/,
    make: ({ keys }) => Sections.read(keys.zkeys[3]).bytes().subarray(0, -bytes),
  })),
  {
    name: "section twice",
    step: "file",
    reason: /section 5 is there twice/,
    make: ({ keys }) => {
      const sections = Sections.read(keys.zkeys[3]);
      return sections.bytes([[5, sections.get(5)]]);
    },
  },
  {
    name: "more sections claimed than there are",
    step: "file",
    reason: /cut off/,
    make: ({ keys }) => {
      const bytes = Sections.read(keys.zkeys[3]).bytes();
      bytes.writeUInt32LE(11, 8);
      return bytes;
    },
  },
  {
    name: "length of a section beyond the file",
    step: "file",
    reason: /cut off/,
    make: ({ keys }) => {
      const bytes = Sections.read(keys.zkeys[3]).bytes();
      bytes.writeBigUInt64LE(2n ** 63n, 16);
      return bytes;
    },
  },
  changed("additional section", "file", (s) => s.map.set(11, Buffer.from("extra")), /section 11/),
  changed("missing section", "file", (s) => s.map.delete(9), /section 9 is missing/),
  changed("C too short", "file", (s) => s.map.set(8, s.get(8).subarray(0, -64)), /^C: its length/),
  changed(
    "A too long",
    "file",
    (s) => s.map.set(5, Buffer.concat([s.get(5), s.get(5).subarray(0, 64)])),
    /^A: /,
  ),
  changed("another number of wires", "file", (s) => s.get(2).writeUInt32LE(CIRCUIT.wires + 1, 72), /length/),
  changed(
    "another number of public signals",
    "file",
    (s) => s.get(2).writeUInt32LE(CIRCUIT.publics - 1, 76),
    /^IC: /,
  ),
  changed("another domain", "file", (s) => s.get(2).writeUInt32LE(2 ** (CIRCUIT.power + 1), 80), /^H: /),
  changed("no domain", "file", (s) => s.get(2).writeUInt32LE(2 ** CIRCUIT.power - 1, 80), /power of two/),
  changed("another curve", "file", (s) => (s.get(2)[4] ^= 1), /BN254/),
  changed("another protocol", "file", (s) => s.get(1).writeUInt32LE(2, 0), /Groth16/),
  changed("another number of coefficients", "file", (s) => s.get(4).writeUInt32LE(7, 0), /^coefficients: /),
];

const headers: readonly Break[] = [
  ...(["alpha1", "beta1"] as const).map((name, i) =>
    changed(`another ${name}`, "header", (s, { curve: { G1 } }) =>
      addTo(G1, s.get(2).subarray(84 + 64 * i, 148 + 64 * i), G1.g),
    ),
  ),
  changed("another beta2", "header", (s, { curve: { G2 } }) => addTo(G2, s.get(2).subarray(212, 340), G2.g)),
  changed("another gamma2", "header", (s, { curve: { G2 } }) => addTo(G2, s.get(2).subarray(340, 468), G2.g)),
  changed("another delta1", "delta", (s, { curve: { G1 } }) => addTo(G1, s.get(2).subarray(468, 532), G1.g)),
  changed(
    "another delta2",
    "delta",
    (s, { curve: { G2 } }) => addTo(G2, s.get(2).subarray(532, 660), G2.g),
    /differ/,
  ),
  changed(
    "a point of small order in delta2",
    "delta",
    async (s, { curve: { G2 } }) => addTo(G2, s.get(2).subarray(532, 660), await smallOrderPoint()),
    /subgroup/,
  ),
  changed("an infinite delta1", "delta", (s) => s.get(2).fill(0, 468, 532)),
  changed("a coefficient changed", "coefficients", (s) => (s.get(4)[4 + 44 * 9 + 20] ^= 1)),
  changed("coefficients swapped", "coefficients", (s) =>
    swap(s.get(4).subarray(4 + 44, 4 + 88), s.get(4).subarray(4 + 88, 4 + 132)),
  ),
  changed("a coefficient left out", "coefficients", (s) => {
    const rest = Buffer.from(s.get(4).subarray(0, -44));
    rest.writeUInt32LE(rest.readUInt32LE(0) - 1);
    s.map.set(4, rest);
  }),
];

const sections: readonly Break[] = [
  changed(
    "a point of small order in B2",
    "B2",
    async (s, { curve: { G2 } }) => addTo(G2, pointOf(s, "B2"), await smallOrderPoint()),
    /subgroup/,
  ),
  changed("a point in B1 where infinity belongs", "B1", (s, { curve: { G1 } }) =>
    pointOf(s, "B1", NOT_IN_B).set(G1.toAffine(G1.g)),
  ),
  // What differs in the one dimension that snarkjs does not look at.
  changed("H in the direction that snarkjs omits", "H", (s, { curve: { G1, Fr } }) => {
    const w = Fr.w[CIRCUIT.power + 1];
    for (let j = 0, power = w; j < 2 ** CIRCUIT.power; j++, power = Fr.mul(power, Fr.square(w)))
      addTo(G1, pointOf(s, "H", j), G1.timesScalar(G1.g, Fr.toObject(power)));
  }),
  changed("C of another delta", "C", (s, { keys }) => s.map.set(8, Sections.read(keys.zkeys[1]).get(8))),
  changed("H of another delta", "H", (s, { keys }) => s.map.set(9, Sections.read(keys.zkeys[1]).get(9))),
];

/** All ways, each with the step that refuses it. */
export const BREAKS: readonly Break[] = [...files, ...headers, ...points, ...sections, ...CONTRIBUTIONS];

/** Makes the broken file. */
export async function breakKey(way: Pick<Break, "make">, keys: Keys): Promise<Buffer> {
  return way.make({ keys, curve: await fullCurve() });
}
