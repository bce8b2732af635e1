import { serve } from "../../progress/thread.js";
import { contributeFile, type ContributeParameters } from "./contributeFile.js";
import type { ContributionMade } from "./contributeKey.js";

// The secret is in this process only, and ends with it.
serve<ContributeParameters, ContributionMade, number>((run, onProgress) =>
  contributeFile({ ...run, onProgress }),
);
