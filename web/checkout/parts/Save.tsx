import { useEffect, useState } from "preact/hooks";

/** A link that saves a file. @param make its text, in JSON */
export function Save({ name, text, children }: { name: string; text: string; children: string }) {
  const [href, setHref] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    setHref(made);
    return () => URL.revokeObjectURL(made);
  }, [text]);
  return (
    <a class="button quiet" href={href} download={name}>
      {children}
    </a>
  );
}
