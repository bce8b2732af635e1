import { Torch2CircomError } from "../errors/torch2circomError.js";
import { FIELD_ORDER } from "./field.js";

/** A circuit's inputs by name: one value, or values nested like the signal's dimensions. */
export type CircuitInput = Readonly<Record<string, InputValue>>;
export type InputValue = bigint | number | readonly InputValue[];

/** What a witness generator compiled by circom 2 exports. */
interface GeneratorExports {
  init(sanityCheck: number): void;
  getVersion(): number;
  getFieldNumLen32(): number;
  getInputSize(): number;
  getInputSignalSize(hashHigh: number, hashLow: number): number;
  setInputSignal(hashHigh: number, hashLow: number, position: number): void;
  getWitnessSize(): number;
  getWitness(index: number): void;
  readSharedRWMemory(word: number): number;
  writeSharedRWMemory(word: number, value: number): void;
  getSharedRWMemoryStart(): number;
  getMessageChar(): number;
  readonly memory: WebAssembly.Memory;
}

const WORDS = 8;

/** Codes of `exceptionHandler` in circom's witness generators. */
const REASONS: Readonly<Record<number, string>> = {
  1: "an input has a name that the circuit does not know",
  2: "too many values",
  3: "an input was given twice",
  4: "an assertion of the circuit does not hold",
  5: "not enough memory",
  6: "an input has more values than the circuit takes",
};

/** A circuit's witness generator, loaded once and used for any number of inputs, one after the other. */
export class WitnessGenerator {
  private messages: string[] = [];

  private constructor(private readonly exports: GeneratorExports) {}

  /** @param wasm a witness generator compiled by circom 2. */
  static async load(wasm: Uint8Array): Promise<WitnessGenerator> {
    const late: { generator?: WitnessGenerator } = {};
    const runtime = {
      exceptionHandler: (code: number) => late.generator!.refuse(code),
      printErrorMessage: () => late.generator!.messages.push(late.generator!.readMessage()),
      writeBufferMessage: () => late.generator!.readMessage(),
      showSharedRWMemory: () => undefined,
    };
    const { instance } = await WebAssembly.instantiate(wasm, { runtime });
    const generator = new WitnessGenerator(instance.exports as GeneratorExports);
    late.generator = generator;
    if (generator.exports.getVersion() !== 2 || generator.exports.getFieldNumLen32() !== WORDS)
      throw new Error("this is not a witness generator of circom 2 over BN254");
    return generator;
  }

  /**
   * The witness for an input: one 32-byte little-endian element a wire, in the order of the `.r1cs`.
   *
   * @throws Torch2CircomError if an input is missing, unknown or of another size, or the generator stops at an assertion.
   */
  calculate(input: CircuitInput): Uint8Array {
    this.messages = [];
    this.exports.init(0);
    this.setInputs(input);
    const size = this.exports.getWitnessSize();
    const words = new Uint32Array(size * WORDS);
    for (let wire = 0; wire < size; wire++) {
      this.exports.getWitness(wire);
      for (let word = 0; word < WORDS; word++)
        words[WORDS * wire + word] = this.exports.readSharedRWMemory(word);
    }
    return new Uint8Array(words.buffer);
  }

  /** Forgets all inputs: what is set next is those of another witness. */
  begin(): void {
    this.messages = [];
    this.exports.init(0);
  }

  /** Sets an element of an input, eight words from `at` on. The last one starts the calculation. */
  set(input: SignalHash, position: number, words: Uint32Array, at: number): void {
    const shared = this.sharedWords();
    for (let word = 0; word < WORDS; word++) shared[word] = words[at + word];
    this.exports.setInputSignal(input[0], input[1], position);
  }

  /** Copies the value of a wire to eight words from `at` on. */
  get(wire: number, words: Uint32Array, at: number): void {
    this.exports.getWitness(wire);
    const shared = this.sharedWords();
    for (let word = 0; word < WORDS; word++) words[at + word] = shared[word];
  }

  /** Where elements are handed over; another view each time that the memory has grown. */
  private sharedWords(): Uint32Array {
    const { buffer } = this.exports.memory;
    if (this.shared?.buffer === buffer) return this.shared;
    this.shared = new Uint32Array(buffer, this.exports.getSharedRWMemoryStart(), WORDS);
    return this.shared;
  }

  private shared?: Uint32Array;

  private setInputs(input: CircuitInput): void {
    let given = 0;
    for (const [name, nested] of Object.entries(input)) {
      const values = [nested].flat(Infinity as 10) as (bigint | number)[];
      const [high, low] = fnv1a(name);
      const size = this.exports.getInputSignalSize(high, low);
      if (size !== values.length)
        throw refusal(
          size < 0
            ? `The circuit has no input ${name}`
            : `The circuit's input ${name} takes ${size} values, not ${values.length}`,
        );
      values.forEach((value, position) => {
        this.write(BigInt(value));
        // The last input that is set starts the calculation.
        this.exports.setInputSignal(high, low, position);
      });
      given += values.length;
    }
    const size = this.exports.getInputSize();
    if (given !== size) throw refusal(`The circuit takes ${size} input values, ${given} are given`);
  }

  private write(value: bigint): void {
    let rest = ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
    for (let word = 0; word < WORDS; word++, rest >>= 32n)
      this.exports.writeSharedRWMemory(word, Number(rest & 0xffffffffn));
  }

  private refuse(code: number): never {
    const where = this.messages.map((message) => message.trim()).join(" ");
    throw refusal(
      `The witness generator stopped: ${REASONS[code] ?? `code ${code}`}${where ? ` (${where})` : ""}`,
    );
  }

  private readMessage(): string {
    let message = "";
    for (let char = this.exports.getMessageChar(); char !== 0; char = this.exports.getMessageChar())
      message += String.fromCharCode(char);
    return message;
  }
}

/** The field elements of a witness in bytes, as {@link WitnessGenerator} gives it. */
export function witnessValues(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 32 }, (_, wire) => {
    let value = 0n;
    for (let word = 3; word >= 0; word--)
      value = (value << 64n) | view.getBigUint64(32 * wire + 8 * word, true);
    return value;
  });
}

/** How a generator knows an input: 64-bit FNV-1a of its name, in two halves. */
export type SignalHash = readonly [high: number, low: number];

export function fnv1a(name: string): SignalHash {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}

function refusal(problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "INPUT_INVALID",
    problem,
    "Check that the input has the model's shape and lies within its domain.",
  );
}
