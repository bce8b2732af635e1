import { expect } from "chai";
import {
  ForbiddenGlobal,
  PickleObject,
  PickleTuple,
  readPickle,
  type PickleHost,
} from "../../../src/import/pt2/pickle.js";

const host: PickleHost = {
  globals: (name) => {
    if (name === "collections.OrderedDict") return () => new Map();
    return name === "torch.FloatStorage" ? "name only" : undefined;
  },
  persistent: (id) => new PickleObject(id),
};

/** Protocol 2 opcodes as Python's pickletools prints them. */
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat([Buffer.from([0x80, 2]), ...parts.map((part) => Buffer.from(part as string, "latin1"))]);

describe("the pickle reader", () => {
  it("builds dicts, lists, tuples, numbers and texts", () => {
    const pickle = bytes(
      "}q\x00(X\x01\x00\x00\x00a]q\x01(K\x05M\x01\x01J\xff\xff\xff\xffeX\x01\x00\x00\x00b\x88\x89N\x87u.",
    );
    const value = readPickle(pickle, host) as Map<string, unknown>;
    expect(value.get("a")).to.deep.equal([5, 257, -1]);
    expect(value.get("b")).to.deep.equal(new PickleTuple([true, false, null]));
  });

  it("calls a constructor of the host's table", () => {
    expect(readPickle(bytes("ccollections\nOrderedDict\n)R."), host)).to.deep.equal(new Map());
  });

  it("reads integers of up to 8 bytes with their sign", () => {
    expect(readPickle(bytes("\x8a\x02\x00\x80."), host)).to.equal(-32768);
    expect(() => readPickle(bytes("\x8a\x09\x01\x02\x03\x04\x05\x06\x07\x08\x09."), host)).to.throw(
      /more than 8 bytes/,
    );
  });

  for (const name of [
    "os.system",
    "builtins.eval",
    "torch._utils._rebuild_unknown",
    "__main__.Net",
    "builtins.getattr",
  ]) {
    it(`refuses to name ${name}`, () => {
      const dot = name.lastIndexOf(".");
      const pickle = bytes(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n(X\x02\x00\x00\x00lstR.`);
      expect(() => readPickle(pickle, host))
        .to.throw(ForbiddenGlobal)
        .with.property("global", name);
    });
  }

  it("refuses a global by STACK_GLOBAL too", () => {
    expect(() => readPickle(bytes("\x8c\x02os\x8c\x06system\x93."), host)).to.throw(
      ForbiddenGlobal,
      /os\.system/,
    );
  });

  it("never calls what is only a name", () => {
    expect(() => readPickle(bytes("ctorch\nFloatStorage\n)R."), host)).to.throw(ForbiddenGlobal);
  });

  const broken: [string, string][] = [
    ["an empty stack", "."],
    ["a missing mark", "t."],
    ["a text that is longer than the file", "X\xff\xff\xff\x7fabc"],
    ["a recall of nothing", "h\x07."],
    ["an unknown opcode", "\xff."],
    ["no end", "N"],
    ["items set on a number", "K\x01K\x02K\x03s."],
    ["a key that is a list", "}]K\x01s."],
    ["a call of a number", "K\x01)R."],
    ["broken UTF-8", "X\x01\x00\x00\x00\xff."],
  ];
  for (const [what, pickle] of broken) {
    it(`refuses ${what}`, () => {
      expect(() => readPickle(bytes(pickle), host)).to.throw(Error);
    });
  }

  it("keeps __proto__ an ordinary key", () => {
    const value = readPickle(bytes("}X\x09\x00\x00\x00__proto__K\x01s."), host) as Map<string, unknown>;
    expect(value.get("__proto__")).to.equal(1);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it("takes time in proportion to its length", () => {
    const start = performance.now();
    const deep = bytes("(".repeat(2e5) + "t".repeat(2e5) + ".");
    readPickle(deep, host);
    expect(performance.now() - start).to.be.below(2000);
  });
});
