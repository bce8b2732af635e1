import { NPY_TYPES } from "./npyBody.js";

/** The part of the document that is looked at. */
interface Described {
  paths?: Record<string, { post?: { requestBody?: Body }; get?: { responses?: Record<string, Body> } }>;
}

interface Body {
  content?: Record<string, unknown>;
}

/**
 * Says that a body in NumPy's format is bytes, since the schemas of the routes see what was read of it; and that events are the
 * lines of a stream.
 */
export function describeBodies<Document extends object>(document: Document): Document {
  const { paths } = document as Described;
  const content = paths?.["/models/{id}/quotes"]?.post?.requestBody?.content;
  for (const type of content === undefined ? [] : NPY_TYPES) content![type] = { schema: {} };
  const stream = paths?.["/jobs/{id}/events"]?.get?.responses?.["200"];
  if (stream !== undefined) stream.content = { "text/event-stream": stream.content?.["application/json"] };
  return document;
}
