import { pino } from "pino";
import type { Log } from "./log.js";

/** A log of JSON lines: time, what it is about, what happened. @param write takes a line, without its end */
export function jsonLog(write: (line: string) => void): Log {
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => write(line.trimEnd()) },
  );
  return (fields, message) => logger.info(fields, message);
}
