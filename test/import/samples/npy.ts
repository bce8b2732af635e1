/** A NumPy array file; `descr` is its element type as Python writes it. */
export function npy(descr: string, shape: string, data: Uint8Array, version = 1, fortran = "False"): Buffer {
  const text = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`);
  const start = Buffer.alloc(version === 1 ? 10 : 12);
  start.write("\x93NUMPY", "latin1");
  start[6] = version;
  if (version === 1) start.writeUInt16LE(text.length, 8);
  else start.writeUInt32LE(text.length, 8);
  return Buffer.concat([start, text, data]);
}
