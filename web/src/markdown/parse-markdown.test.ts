import { expect, test } from 'vitest';
import { type Block, parseMarkdown } from './parse-markdown.ts';

const html = (source: string) =>
  parseMarkdown(source, new Map())
    .map((block) => block.html)
    .join('');

test('HTML in the text stays text', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <b onclick="alert(1)">b</b>',
    '<div data-tex="x">\n\n# hi\n\n</div>',
    '<!-- --!><img src=x onerror=alert(1)>',
  ];
  for (const attack of attacks) expect(html(attack)).not.toMatch(/<(?:script|img|b|div|!)/);
  expect(html('<i>x</i>')).toContain('&lt;i&gt;');
});

test('pictures become links: nothing is fetched', () => {
  expect(html('![a cat](https://example.com/cat.png)')).toBe(
    '<p><a href="https://example.com/cat.png">a cat</a></p>\n',
  );
});

test('sums are not emphasis, emphasis is', () => {
  expect(html('8*1*3 = 24')).toBe('<p>8*1*3 = 24</p>\n');
  expect(html('(2+3)*(4+5)*2')).toBe('<p>(2+3)*(4+5)*2</p>\n');
  expect(html('2**3**2')).toBe('<p>2**3**2</p>\n');
  expect(html('*soft* and **hard**')).toContain('<em>soft</em> and <strong>hard</strong>');
});

test.each([
  ['$x^2$', 'x^2', false],
  ['a $\\frac{1}{2}$ b', '\\frac{1}{2}', false],
  ['\\(a_1 * b * c\\)', 'a_1 * b * c', false],
  ['$$\nE = mc^2\n$$', 'E = mc^2', true],
  ['\\[\\sum_{i=1}^n i\\]', '\\sum_{i=1}^n i', true],
  ['so $$a < b$$ holds', 'a &lt; b', true],
])('%j is maths', (source, tex, isDisplay) => {
  expect(html(source)).toContain(`data-tex="${tex}"`);
  expect(html(source).includes('data-display')).toBe(isDisplay);
});

test('money and code are not maths', () => {
  for (const source of ['It costs $5 and $6.', '$ 5 $', '`$x$`', '```\n$x$\n```', '\\$x\\$']) {
    expect(html(source)).not.toContain('data-tex');
  }
});

test('a quote in TeX cannot leave its attribute', () => {
  expect(html('$x" onclick="alert(1)$')).toContain('data-tex="x&quot; onclick=&quot;alert(1)"');
});

test('code keeps its text and its language, whatever that is', () => {
  expect(html('```c++\n<b>&\n```')).toBe(
    '<pre data-language="c++"><code>&lt;b&gt;&amp;</code></pre>',
  );
  expect(html('```"><img src=x>\nx\n```')).toContain('data-language=""');
});

test('while an answer grows, its finished blocks are used again', () => {
  let made: ReadonlyMap<string, Block> = new Map();
  const blocksOf = (source: string) => {
    const blocks = parseMarkdown(source, made);
    made = new Map(blocks.map((block) => [block.raw, block]));
    return blocks;
  };
  const [first] = blocksOf('One.\n\nTw');
  const [same, second] = blocksOf('One.\n\nTwo.');
  expect(same).toBe(first);
  expect(second?.html).toBe('<p>Two.</p>\n');
});

test('what is open while it is written does no harm', () => {
  for (const source of ['```ts\nconst a', '**bo', '$$\\frac{1', '[li', '| a | b', '<scr', '$x']) {
    expect(html(source)).not.toMatch(/<script|data-tex/);
  }
});

test('a text of hostile length or shape is shown, and soon', () => {
  const long = 'x '.repeat(300_000);
  expect(parseMarkdown(long, new Map())).toHaveLength(1);
  for (const piece of ['$', '\\(', '*', '[', '`', '> ', '| ', '<a ', '$$a']) {
    const started = performance.now();
    html(piece.repeat(5000));
    expect(performance.now() - started, piece).toBeLessThan(3000);
  }
});
