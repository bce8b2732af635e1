/** Names and what they are. */
export function Terms({ terms }: { terms: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl class="terms">
      {terms.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
