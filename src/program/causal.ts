import { operandsOf, type Operation } from "./operations/index.js";
import type { MatmulOperation } from "./operations/matmul.js";
import type { ProgramOutput } from "./types.js";

/**
 * Matrix products of which nothing above the diagonal is read, such as scores under a causal mask, are not computed
 * there. All else keeps its values.
 */
export function withCausalProducts(
  operations: readonly Operation[],
  outputs: readonly ProgramOutput[],
): Operation[] {
  const read = operations.map(({ size }) => new Uint8Array(size));
  for (const { tensor } of outputs) read[tensor].fill(1);
  for (const operation of operations) {
    if (operation.kind === "view") markView(operation, operations, read);
    else for (const input of operandsOf(operation)) read[input].fill(1);
  }
  return operations.map((operation, i) =>
    operation.kind === "matmul" && isCausal(operation, read[i]) ? { ...operation, causal: true } : operation,
  );
}

/** A view reads the elements that it lists. */
function markView(
  { inputs, index }: Operation & { kind: "view" },
  operations: readonly Operation[],
  read: readonly Uint8Array[],
): void {
  for (const element of index) {
    let at = element;
    for (const input of inputs) {
      const { size } = operations[input];
      if (at >= 0 && at < size) read[input][at] = 1;
      at -= size;
      if (at < 0) break;
    }
  }
}

function isCausal({ batch, rows, columns }: MatmulOperation, read: Uint8Array): boolean {
  if (rows < 2 || rows > columns) return false;
  for (let n = 0; n < batch; n++)
    for (let r = 0; r < rows; r++)
      for (let c = r + 1 + columns - rows; c < columns; c++)
        if (read[(n * rows + r) * columns + c] === 1) return false;
  return true;
}
