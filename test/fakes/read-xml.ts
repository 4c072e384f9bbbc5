/**
 * A reader of XML as strict as a test needs: it throws where tags do not match, an attribute is
 * there twice or without quotes, an entity is unknown or `<` stands in a text.
 */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" },
};
const tag = /^<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/;

export function readXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open = [root];
  let rest = text.trim();
  while (rest !== '') {
    const parent = open.at(-1) as XmlElement;
    if (!rest.startsWith('<')) {
      const end = rest.indexOf('<');
      parent.children.push(plainText(end < 0 ? rest : rest.slice(0, end)));
      rest = end < 0 ? '' : rest.slice(end);
      continue;
    }
    const found = tag.exec(rest);
    if (found === null) throw new Error(`not XML: ${rest.slice(0, 80)}`);
    const [whole, isEnd, name, attributes, isEmpty] = found as unknown as string[];
    rest = rest.slice((whole as string).length);
    if (isEnd === '/') {
      if (open.pop()?.name !== name || open.length === 0)
        throw new Error(`</${name}> ends nothing`);
      continue;
    }
    const read = {
      name: name as string,
      attributes: attributesOf(attributes as string),
      children: [],
    };
    parent.children.push(read);
    if (isEmpty !== '/') open.push(read);
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || others.length > 0) throw new Error('not one element');
  return only as XmlElement;
}

/** All elements of a name below this one, itself included. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  const below = element.children.flatMap((child) =>
    typeof child === 'string' ? [] : elementsNamed(child, name),
  );
  return element.name === name ? [element, ...below] : below;
}

export function textOf(element: XmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? child : textOf(child)))
    .join('');
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/([\w:-]+)="([^"]*)"/g) as Iterable<string[]>) {
    if (Object.hasOwn(found, name as string)) throw new Error(`${name} is there twice`);
    found[name as string] = plainText(value as string);
  }
  return found;
}

function plainText(text: string): string {
  return text.replace(/&(#?\w*);?/g, (_, name: string) => {
    const sign = entities[name];
    if (sign === undefined) throw new Error(`unknown entity &${name}`);
    return sign;
  });
}
