import type { Manifest } from "../artifacts/manifestForm.js";
import type { ReportData } from "./data.js";
import { count, percent, plural, real, score } from "./words.js";

/** A number at the head of the page. */
export interface Headline {
  readonly label: string;
  readonly value: string;
  /** What it is, in plain words. */
  readonly meaning: string;
}

/** What one wants to know first: size, time, accuracy, and whom to trust. */
export function headlines(data: ReportData): Headline[] {
  return [size(data), domain(data), accuracy(data), trust(data.manifest)];
}

function size({ manifest: { constraints } }: ReportData): Headline {
  const { nonlinear, linear } = constraints;
  return {
    label: "Constraints",
    value: count(nonlinear + linear),
    meaning: `${count(nonlinear)} non-linear and ${count(linear)} linear equations that a proof shows to hold`,
  };
}

function domain({ manifest: { segments }, report: { provingDomain } }: ReportData): Headline {
  if (segments !== undefined) {
    const most = Math.max(...segments.map(({ constraints: c }) => c.nonlinear + c.linear));
    return {
      label: "Proofs",
      value: plural(segments.length, "segment"),
      meaning: `each with a proof and a key of its own; the largest has ${count(most)} constraints`,
    };
  }
  const { rows, power, rowsToHalf } = provingDomain;
  return {
    label: "Proving domain",
    value: `2^${power} rows`,
    meaning: `${count(rows)} rows are used; with ${count(rowsToHalf)} fewer, a proof would take about half the time`,
  };
}

function accuracy({ report: { accuracy: measured } }: ReportData): Headline {
  const { metric, samples, floatScore, integerScore, agreement } = measured;
  const on = `on ${plural(samples, "sample")}`;
  if (metric === "accuracy" && integerScore !== null && floatScore !== null)
    return {
      label: "Accuracy",
      value: score(integerScore),
      meaning: `of the labels are met by the integer model that is proven, and ${score(floatScore)} by the float model, ${on}`,
    };
  if (metric === "mse" && integerScore !== null && floatScore !== null)
    return {
      label: "Mean squared error",
      value: real(integerScore),
      meaning: `of the integer model that is proven; ${real(floatScore)} of the float model, ${on}`,
    };
  return {
    label: "Agreement",
    value: percent(agreement),
    meaning: `of the integer model that is proven with the float model, ${on} without labels`,
  };
}

/** Who could forge proofs. */
export function trust({ setup, ceremony }: Pick<Manifest, "setup" | "ceremony">): Headline {
  const label = "Set-up of the key";
  if (setup === "development")
    return {
      label,
      value: "Development",
      meaning: "whoever made the key can forge proofs: it is for local chains, and public ones refuse it",
    };
  if (setup === "single-contributor")
    return {
      label,
      value: "One contributor",
      meaning: "who can forge proofs: nobody else has to take the key on faith, nor should",
    };
  const { contributionHashes, beacon } = ceremony;
  return {
    label,
    value: "Ceremony",
    meaning: `of ${plural(contributionHashes.length, "contribution")}${beacon === null ? "" : " and a beacon"}: nobody can forge proofs if one contributor was honest. This page checks nothing of it; torch2circom:audit does`,
  };
}
