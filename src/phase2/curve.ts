import { type Curve, curves } from "snarkjs";

/** From how many wires on the threads of a curve earn their start. */
const WIRES_FOR_THREADS = 4096;

/** Of one thread, which holds nothing that would have to be ended. */
let single: Promise<Curve> | undefined;

/** Runs the work on the curve, with threads if a circuit of so many wires earns them. They end with the work. */
export async function withCurve<Result>(
  wires: number,
  work: (curve: Curve) => Promise<Result>,
): Promise<Result> {
  if (wires < WIRES_FOR_THREADS)
    return work(await (single ??= curves.getCurveFromName("bn128", { singleThread: true })));
  const curve = await curves.getCurveFromName("bn128");
  return work(curve).finally(() => curve.terminate());
}
