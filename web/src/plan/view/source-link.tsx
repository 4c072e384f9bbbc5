/** A source's tag, with its address where that is one of the web. */
import { findSource } from '../planner.ts';

export function SourceLink({ tag }: { readonly tag: string }) {
  const source = findSource(tag);
  if (source === undefined || !isOfTheWeb(source.address)) {
    return <span title={source?.title}>{tag}</span>;
  }
  return (
    <a href={source.address} title={source.title} target="_blank" rel="noopener noreferrer">
      {tag}
    </a>
  );
}

export const isOfTheWeb = (address: string) => /^https?:\/\//i.test(address);
