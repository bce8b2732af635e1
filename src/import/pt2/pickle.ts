/**
 * A reader for the pickles that torch.save writes. It builds data and nothing else: a global is looked up in the
 * caller's table of constructors, and one that is not there is refused by its name. No opcode loops or recurses, and
 * each makes one object at most, so time and memory are bounded by the pickle's length.
 */

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleList
  | PickleDict
  | PickleTuple
  | PickleGlobal
  | PickleObject;

export type PickleList = PickleValue[];
export type PickleDict = Map<string | number, PickleValue>;

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A name that the pickle refers to, of those in the caller's table. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What a constructor of the caller's table made. */
export class PickleObject {
  constructor(readonly value: unknown) {}
}

/** Thrown for a global outside the caller's table. */
export class ForbiddenGlobal extends Error {
  constructor(readonly global: string) {
    super(`its pickle names "${global}", which is not part of a tensor file`);
  }
}

export interface PickleHost {
  /** The globals that may be named; a constructor where it may also be called. */
  readonly globals: (
    name: string,
  ) => ((args: readonly PickleValue[]) => PickleValue) | "name only" | undefined;
  /** Resolves a persistent id: torch.save's reference to a storage. */
  readonly persistent: (id: PickleValue) => PickleValue;
}

export function readPickle(bytes: Uint8Array, host: PickleHost): PickleValue {
  return new Unpickler(bytes, host).run();
}

const MARK = Symbol("mark");
type Slot = PickleValue | typeof MARK;

class Unpickler {
  private readonly view: DataView;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private at = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly host: PickleHost,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.byte();
      if (opcode === 0x2e) return this.pop();
      const operation = operations.get(opcode);
      if (operation === undefined)
        throw new Error(`its pickle holds the unknown opcode 0x${opcode.toString(16)}`);
      operation(machine(this));
    }
  }

  /** The primitives that opcodes are made of; kept together so that the table below can be plain data. */
  readonly machine: Machine = {
    push: (value) => void this.stack.push(value),
    pop: () => this.pop(),
    top: () => {
      const value = this.pop();
      this.stack.push(value);
      return value;
    },
    mark: () => void this.stack.push(MARK),
    popToMark: () => {
      const start = this.stack.lastIndexOf(MARK);
      if (start < 0) throw new Error("its pickle lacks a mark");
      return this.stack.splice(start).slice(1) as PickleValue[];
    },
    remember: (index) => void this.memo.set(index ?? this.memo.size, this.machine.top()),
    recall: (index) => {
      const value = this.memo.get(index);
      if (value === undefined) throw new Error(`its pickle recalls the unknown object ${index}`);
      return value;
    },
    uint: (size) => {
      const at = this.take(size);
      if (size === 1) return this.view.getUint8(at);
      if (size === 2) return this.view.getUint16(at, true);
      if (size === 4) return this.view.getUint32(at, true);
      return Number(this.view.getBigUint64(at, true));
    },
    int32: () => this.view.getInt32(this.take(4), true),
    float64: () => this.view.getFloat64(this.take(8)),
    raw: (length) => this.bytes.subarray(this.take(length), this.at),
    line: () => {
      const end = this.bytes.indexOf(0x0a, this.at);
      if (end < 0) throw new Error("its pickle ends in the middle of a name");
      const text = decode(this.bytes.subarray(this.at, end));
      this.at = end + 1;
      return text;
    },
    global: (name) => {
      if (this.host.globals(name) === undefined) throw new ForbiddenGlobal(name);
      return new PickleGlobal(name);
    },
    call: (callee, args) => {
      if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple)) {
        throw new Error("its pickle calls something that is not a function");
      }
      const constructor = this.host.globals(callee.name);
      if (typeof constructor !== "function") throw new ForbiddenGlobal(callee.name);
      return constructor(args.items);
    },
    persistent: (id) => this.host.persistent(id),
  };

  private byte(): number {
    return this.view.getUint8(this.take(1));
  }

  private take(length: number): number {
    const start = this.at;
    if (!(length >= 0 && start + length <= this.bytes.length)) throw new Error("its pickle ends too early");
    this.at = start + length;
    return start;
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw new Error("its pickle takes from an empty stack");
    return value;
  }
}

interface Machine {
  push(value: PickleValue): void;
  pop(): PickleValue;
  top(): PickleValue;
  mark(): void;
  popToMark(): PickleValue[];
  remember(index?: number): void;
  recall(index: number): PickleValue;
  uint(size: 1 | 2 | 4 | 8): number;
  int32(): number;
  float64(): number;
  raw(length: number): Uint8Array;
  line(): string;
  global(name: string): PickleValue;
  call(callee: PickleValue, args: PickleValue): PickleValue;
  persistent(id: PickleValue): PickleValue;
}

function machine(unpickler: Unpickler): Machine {
  return unpickler.machine;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (!(target instanceof Map) || items.length % 2 !== 0)
    throw new Error("its pickle fills something that is not a dict");
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]!;
    if (typeof key !== "string" && typeof key !== "number")
      throw new Error("its pickle has a dict key that is not a string");
    target.set(key, items[i + 1]);
  }
}

function listOf(value: PickleValue): PickleList {
  if (!Array.isArray(value)) throw new Error("its pickle appends to something that is not a list");
  return value;
}

function textOf(value: PickleValue): string {
  if (typeof value !== "string")
    throw new Error("its pickle names a global by something that is not a string");
  return value;
}

/** Little-endian two's complement, as Python writes integers of any size; ours must fit in 8 bytes. */
function longOf(bytes: Uint8Array): number {
  if (bytes.length > 8) throw new Error("its pickle holds an integer of more than 8 bytes");
  let value = 0n;
  bytes.forEach((byte, i) => (value |= BigInt(byte) << BigInt(8 * i)));
  return Number(BigInt.asIntN(8 * bytes.length, value));
}

/** The opcodes of protocols 2 to 4 that data needs (Lib/pickletools.py documents them). */
const operations = new Map<number, (m: Machine) => void>([
  [0x80, (m) => void m.uint(1)], // PROTO
  [0x95, (m) => void m.uint(8)], // FRAME
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popToMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.uint(1))], // BININT1
  [0x4d, (m) => m.push(m.uint(2))], // BININT2
  [0x8a, (m) => m.push(longOf(m.raw(m.uint(1))))], // LONG1
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  [0x58, (m) => m.push(decode(m.raw(m.uint(4))))], // BINUNICODE
  [0x8c, (m) => m.push(decode(m.raw(m.uint(1))))], // SHORT_BINUNICODE
  [0x8d, (m) => m.push(decode(m.raw(m.uint(8))))], // BINUNICODE8
  [0x43, (m) => m.push(m.raw(m.uint(1)))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.raw(m.uint(4)))], // BINBYTES
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x6c, (m) => m.push(m.popToMark())], // LIST
  [0x61, (m) => appendOne(m)], // APPEND
  [0x65, (m) => appendAll(m)], // APPENDS
  [0x29, (m) => m.push(new PickleTuple([]))], // EMPTY_TUPLE
  [0x74, (m) => m.push(new PickleTuple(m.popToMark()))], // TUPLE
  [0x85, (m) => pushTuple(m, 1)], // TUPLE1
  [0x86, (m) => pushTuple(m, 2)], // TUPLE2
  [0x87, (m) => pushTuple(m, 3)], // TUPLE3
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x73, (m) => setOne(m)], // SETITEM
  [0x75, (m) => setAll(m)], // SETITEMS
  [0x71, (m) => m.remember(m.uint(1))], // BINPUT
  [0x72, (m) => m.remember(m.uint(4))], // LONG_BINPUT
  [0x94, (m) => m.remember()], // MEMOIZE
  [0x68, (m) => m.push(m.recall(m.uint(1)))], // BINGET
  [0x6a, (m) => m.push(m.recall(m.uint(4)))], // LONG_BINGET
  [0x63, (m) => m.push(m.global(`${m.line()}.${m.line()}`))], // GLOBAL
  [0x93, (m) => stackGlobal(m)], // STACK_GLOBAL
  [0x52, (m) => reduce(m)], // REDUCE
  [0x62, (m) => void m.pop()], // BUILD: attributes beside the data (an OrderedDict's _metadata) are dropped
  [0x51, (m) => m.push(m.persistent(m.pop()))], // BINPERSID
]);

function appendOne(m: Machine): void {
  const item = m.pop();
  listOf(m.top()).push(item);
}

function appendAll(m: Machine): void {
  const items = m.popToMark();
  const list = listOf(m.top());
  for (const item of items) list.push(item);
}

function pushTuple(m: Machine, length: number): void {
  const items = Array.from({ length }, () => m.pop());
  m.push(new PickleTuple(items.reverse()));
}

function setOne(m: Machine): void {
  const value = m.pop();
  const key = m.pop();
  setItems(m.top(), [key, value]);
}

function setAll(m: Machine): void {
  const items = m.popToMark();
  setItems(m.top(), items);
}

function stackGlobal(m: Machine): void {
  const name = textOf(m.pop());
  m.push(m.global(`${textOf(m.pop())}.${name}`));
}

function reduce(m: Machine): void {
  const args = m.pop();
  m.push(m.call(m.pop(), args));
}
