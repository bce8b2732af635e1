import { serve } from "../progress/thread.js";
import type { FixedBaseJob } from "./fixedBaseJob.js";
import { type FixedBaseRun, multiplyHere } from "./fixedBaseTable.js";

serve<FixedBaseRun, Uint8Array[], FixedBaseJob["group"]>(multiplyHere);
