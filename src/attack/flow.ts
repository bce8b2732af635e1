/**
 * Where the wires between components come from. The compiler gives signals that are equal one wire, and of all their
 * names keeps one: the output of a layer often goes by the name of the next layer's input. The text of the circuit
 * says whose output it is.
 */
export class Flow {
  /** For each component, from which element on its inputs are those of which source. */
  private readonly inputs = new Map<string, { at: number; source: string }[]>();
  /** For each list of wires, and for the outputs of main, the source of each element. */
  private readonly wires = new Map<string, string>();

  /** @param text of a generated circuit, without comments */
  constructor(text: string) {
    for (const [, name, source] of text.matchAll(/^\s*(\w+)\.in <== ([\w.]+);/gm))
      this.add(name!, 0, source!);
    for (const [, name, at, source] of text.matchAll(
      /^\s*for \(var i = 0; i < \d+; i\+\+\) (\w+)\.in\[(\d+) \+ i\] <== ([\w.]+)\[i\];/gm,
    ))
      this.add(name!, Number(at), source!);
    for (const [, name, index, source] of text.matchAll(/^\s*(\w+)\[(\d+)\] <== ([\w.]+\[\d+\]);/gm))
      this.wires.set(`${name!}[${index!}]`, source!);
    this.addOutputs(text);
  }

  /** The signal that is the same wire and was made first: a component's own, or an input of main. */
  sourceOf(name: string): string {
    for (let at = name; ;) {
      const next = this.wires.get(at) ?? this.inputSource(at);
      if (next === undefined) return at;
      at = next;
    }
  }

  private inputSource(name: string): string | undefined {
    const match = /^(\w+)\.in\[(\d+)\]$/.exec(name);
    const element = Number(match?.[2]);
    const run = this.inputs.get(match?.[1] ?? "")?.findLast(({ at }) => at <= element);
    return run && `${run.source}[${element - run.at}]`;
  }

  private add(component: string, at: number, source: string): void {
    const runs = this.inputs.get(component) ?? [];
    this.inputs.set(
      component,
      [...runs, { at, source }].sort((a, b) => a.at - b.at),
    );
  }

  /** Words of outputs; a word that holds one integer as it is, is that integer's own wire. */
  private addOutputs(text: string): void {
    const words = /(\w+)\[(\d+) \+ i\] <== (\w+)\.out\[i\];/g;
    for (const [, target, at, component] of text.matchAll(words)) {
      const declared = new RegExp(`component ${component} = Pack\\((\\d+), (\\d+), (-?\\d+)\\);`).exec(text);
      if (declared === null) continue;
      const [count, width, offset] = declared.slice(1).map(Number) as [number, number, number];
      const perWord = Math.floor(248 / width);
      for (let word = 0; word * perWord < count; word++) {
        this.wires.set(`${target!}[${Number(at) + word}]`, `${component!}.out[${word}]`);
        if (offset === 0 && Math.min(perWord, count - word * perWord) === 1)
          this.wires.set(`${component!}.out[${word}]`, `${component!}.in[${word * perWord}]`);
      }
    }
  }
}
