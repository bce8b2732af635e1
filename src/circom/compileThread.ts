import { serve } from "../progress/thread.js";
import { type CompilerOutcome, type CompilerRun, runCompiler } from "./compiler.js";

/** The compiler in a thread of its own: see `compile.ts`. */
serve<CompilerRun, CompilerOutcome, string>(runCompiler);
