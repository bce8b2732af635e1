import type { Calibration } from "../../artifacts/reportForm.js";
import { writeWhole } from "../../artifacts/writeFile.js";
import type { Calibrated, Trial } from "../../search/calibrateBits.js";

/** Writes the choices of bits beside the build, for the page of its report. @param path see `calibration` of the paths */
export async function saveCalibration(path: string, maxLoss: number, calibrated: Calibrated): Promise<void> {
  await writeWhole(path, `${JSON.stringify(calibrationOf(maxLoss, calibrated), null, 2)}\n`);
}

function calibrationOf(maxLoss: number, { best, pareto, within, trials }: Calibrated): Calibration {
  // What was held out may speak against all of the front.
  const shown = [...new Set([...pareto, best])].sort((a, b) => total(a) - total(b) || a.loss - b.loss);
  return {
    ...{ maxLoss, within, trials },
    best: shown.indexOf(best),
    points: shown.map(({ bits, nonlinear, linear, domain, loss, heldOut, score }) => ({
      ...{ nonlinear, linear, power: domain.power, loss, score },
      ...(heldOut !== undefined && { heldOut }),
      inputBits: bits.inputBits,
      weightBits: bits.weightBits,
      activationBits: bits.activationBits,
      layers: Object.keys(bits.layers).length,
    })),
  };
}

function total({ nonlinear, linear }: Trial): number {
  return nonlinear + linear;
}
