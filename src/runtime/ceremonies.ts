import { modelPaths } from "../artifacts/paths.js";
import type { Project } from "./project.js";
import type { CeremonyMethods } from "./types.js";

/** The methods of trusted setups. Each action loads when it is first called. */
export function ceremonyMethods(project: Project): CeremonyMethods {
  const pathsOf = (name: string) => modelPaths(project.config.torch2circom.outDir, name);
  return {
    init: async (name, options = {}) =>
      (await import("./ceremonies/init.js")).initCeremonies(project, pathsOf(name), options),
    contribute: async (name, options = {}) =>
      (await import("./ceremonies/contribute.js")).contributeToAll(pathsOf(name), options),
    verify: async (name, options = {}) =>
      (await import("./ceremonies/verify.js")).verifyCeremonies(project, pathsOf(name), options),
    beacon: async (name, options = {}) =>
      (await import("./ceremonies/beacon.js")).addBeacon(project, pathsOf(name), options),
    finalize: async (name, options = {}) =>
      (await import("./ceremonies/finalize.js")).finalizeCeremonies(project, pathsOf(name), options),
    serve: async (name, options = {}) =>
      (await import("./ceremonies/serve.js")).serveBuild(pathsOf(name), options),
    invite: async (name, options = {}) =>
      (await import("./ceremonies/serve.js")).invite(pathsOf(name), options),
    transcript: async (name) => (await import("./ceremonies/find.js")).transcripts(pathsOf(name)),
  };
}
