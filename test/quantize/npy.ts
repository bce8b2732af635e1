/** An .npy file of the numbers; `descr` is NumPy's name of their type. */
export function npy(descr: "<f4" | "<f8" | "<i8", shape: readonly number[], data: readonly number[]): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }\n`;
  const start = Buffer.alloc(10);
  start.write("\x93NUMPY", "latin1");
  start[6] = 1;
  start.writeUInt16LE(header.length, 8);
  const values = {
    "<f4": () => Float32Array.from(data),
    "<f8": () => Float64Array.from(data),
    "<i8": () => BigInt64Array.from(data, BigInt),
  }[descr]();
  return Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer)]);
}
