import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { compileCircom, hashCircuit } from "../../src/circom/compile.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

describe("compileCircom", function () {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "compile-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (name: string, text: string): Promise<string> => {
    await mkdir(join(folder, "in"), { recursive: true });
    await writeFile(join(folder, "in", name), text);
    return join(folder, "in", name);
  };

  it("compiles a circuit with includes from a library and from beside it, and counts its constraints", async () => {
    await write(
      "square.circom",
      "pragma circom 2.1.6; template Square() { signal input a; signal output b; b <== a * a; }",
    );
    const main = await write(
      "main.circom",
      `pragma circom 2.1.6;
       include "./square.circom";
       include "circomlib/circuits/comparators.circom"; // which includes bitify.circom and others
       template Main() {
         signal input a;
         signal output b;
         component less = LessThan(8);
         less.in[0] <== a;
         less.in[1] <== 100;
         less.out === 1;
         b <== Square()(a);
       }
       component main = Main();`,
    );
    let log = "";
    const built = await compileCircom({
      main,
      outDir: join(folder, "out"),
      sym: true,
      onLog: (text) => (log += text),
    });
    expect(built.constraints).to.deep.equal({ nonlinear: 10, linear: 3 });
    expect(log).to.contain("non-linear constraints: 10");
    for (const path of [built.r1cs, built.wasm, built.sym!]) expect(existsSync(path), path).to.equal(true);
    expect(await readdir(join(folder, "out"))).to.have.members(["main.r1cs", "main.sym", "main_js"]);
  });

  it("gives the compiler's own words for a circuit that it refuses, and leaves nothing behind", async () => {
    const main = await write(
      "main.circom",
      "pragma circom 2.1.6; template T() { signal input a; b <== a; } component main = T();",
    );
    const error = await compileCircom({ main, outDir: join(folder, "out") }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message)
      .to.match(/main\.circom/)
      .and.to.match(/Undeclared symbol/i);
    expect(await readdir(join(folder, "out"))).to.deep.equal([]);
  });

  it("says that the compiler ran out of memory", async () => {
    const body = "signal input a; signal output b; var x[60000][1000]; b <== a * x[1][1];";
    const main = await write(
      "main.circom",
      `pragma circom 2.1.6; template T() { ${body} } component main = T();`,
    );
    const error = await compileCircom({ main, outDir: join(folder, "out") }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message).to.contain("ran out of memory");
  });

  it("has a hash that changes with the circuit and with each file that it includes, and only then", async () => {
    await write("part.circom", "pragma circom 2.1.6; // part");
    const main = await write(
      "main.circom",
      'include "./part.circom"; include "circomlib/circuits/bitify.circom";',
    );
    const first = await hashCircuit(main);
    await write("other.circom", "// not included");
    expect(await hashCircuit(main)).to.equal(first);
    await write("part.circom", "pragma circom 2.1.6; // another part");
    const second = await hashCircuit(main);
    await write("main.circom", 'include "./part.circom"; include "circomlib/circuits/gates.circom";');
    expect(new Set([first, second, await hashCircuit(main)]).size).to.equal(3);
  });

  it("names an include that is not there", async () => {
    const main = await write("main.circom", 'include "circomlib/circuits/nowhere.circom";');
    const error = await compileCircom({ main, outDir: join(folder, "out") }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message).to.contain('includes "circomlib/circuits/nowhere.circom"');
  });

  it("refuses a circuit that is not there", async () => {
    const error = await compileCircom({ main: join(folder, "no.circom"), outDir: folder }).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
  });
});
