import { serve } from "../progress/thread.js";
import { type FixedBaseRun, GeneratorTables } from "./generatorTables.js";

const tables = new GeneratorTables();

serve<FixedBaseRun, Uint8Array>((run) => tables.multiply(run));
