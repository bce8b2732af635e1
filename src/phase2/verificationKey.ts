import type { G1Point, G2Point, VerificationKey } from "../groth16/types.js";
import { SECTION } from "./keyFile.js";
import { openKeyFile } from "./openKeyFile.js";
import { coordinates, G1_BYTES } from "./points.js";
import { orKeyError } from "./refused.js";

/**
 * The verification key in a proving key.
 *
 * @param path of the `.zkey`
 * @throws Torch2CircomError if it cannot be read or is not in form
 */
export function verificationKeyOf(path: string): VerificationKey {
  return orKeyError(path, () => {
    const { file, header } = openKeyFile(path);
    try {
      const { publics, alpha1, beta2, gamma2, delta2 } = header;
      const points = file.read(SECTION.IC);
      return {
        protocol: "groth16",
        curve: "bn128",
        nPublic: publics,
        vk_alpha_1: g1(alpha1),
        vk_beta_2: g2(beta2),
        vk_gamma_2: g2(gamma2),
        vk_delta_2: g2(delta2),
        IC: Array.from({ length: publics + 1 }, (_, i) =>
          g1(points.subarray(G1_BYTES * i, G1_BYTES * (i + 1))),
        ),
      };
    } finally {
      file.close();
    }
  });
}

function g1(point: Uint8Array): G1Point {
  // A public signal that no constraint reads has the point at infinity.
  if (point.every((byte) => byte === 0)) return ["0", "1", "0"];
  const [x, y] = coordinates(point).map(String);
  return [x, y, "1"];
}

function g2(point: Uint8Array): G2Point {
  const [x0, x1, y0, y1] = coordinates(point).map(String);
  return [
    [x0, x1],
    [y0, y1],
    ["1", "0"],
  ];
}
