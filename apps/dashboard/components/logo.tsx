/** Three logs against the commit line: the mark of the product. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d="M1 4h13v4H1zM1 10h13v4H1zM1 16h9v4H1z" fill="var(--settle)" />
      <path d="M12 4h2v4h-2zM12 10h2v4h-2zM8 16h2v4H8z" fill="var(--commit)" />
      <path d="M17 1.5v21" stroke="var(--commit)" strokeWidth="2.4" />
      <path d="M20 5.2h3v1.6h-3zM20 11.2h3v1.6h-3z" fill="var(--border)" />
    </svg>
  );
}
