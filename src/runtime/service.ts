import type { Project } from "./project.js";
import type { ServiceMethods } from "./types.js";

/** The methods of the provider's service. Each action loads when it is first called. */
export function serviceMethods(project: Project): ServiceMethods {
  return {
    serve: async (models, options = {}) =>
      (await import("./service/serve.js")).serve(project, models, options),
    work: async (options = {}) => (await import("./service/work.js")).work(project, options),
    buy: async (url, options) => (await import("./service/buy.js")).buy(project, url, options),
    status: async () => (await import("./service/status.js")).status(project),
  };
}
