/**
 * A picture as a tree: what draws it does not care whether it becomes a file, a part of a report or
 * elements of a page whose policy takes no markup from strings. Texts are escaped here and nowhere
 * else; what XML has no place for is left out.
 */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly SvgNode[];
}

export type SvgNode = SvgElement | string;

/** Numbers are places in the picture and need no more than a tenth. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  children: readonly (SvgNode | undefined)[] = [],
): SvgElement {
  const texts = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === 'number' ? tenth(value) : (value as string)]);
  return {
    name,
    attributes: Object.fromEntries(texts),
    children: children.filter((child) => child !== undefined),
  };
}

export function printSvg(node: SvgNode): string {
  if (typeof node === 'string') return escapeXml(node);
  const { name, attributes, children } = node;
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  if (children.length === 0) return `<${name}${head.join('')}/>`;
  const gap = children.some((child) => typeof child === 'string') ? '' : '\n';
  return `<${name}${head.join('')}>${gap}${children.map(printSvg).join(gap)}${gap}</${name}>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also right for HTML. */
export function escapeXml(text: string): string {
  const clean = text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed here
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return clean.replace(/[&<>"']/g, (sign) => entities[sign] as string);
}

function tenth(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`a picture has no place ${value}`);
  return String(Math.round(value * 10) / 10);
}
