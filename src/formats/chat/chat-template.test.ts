import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SampanError } from '../../base/errors.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import { ChatTemplate, type TemplateVariables, templateLimits } from './chat-template.ts';
import * as fixtures from './fixtures/templates.ts';

const variables: TemplateVariables = {
  messages: [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
    { role: 'user', content: 'x'.repeat(200) },
  ],
  tools: null,
  add_generation_prompt: true,
  bos_token: '<s>',
  eos_token: '</s>',
};

function render(source: string, more: Partial<TemplateVariables> = {}): string {
  return new ChatTemplate(source).render({ ...variables, ...more });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SampanError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return 'nothing thrown';
}

describe('a template sees what transformers gives it', () => {
  test('variables', () => {
    const source =
      '{{ bos_token }}|{{ eos_token }}|{{ add_generation_prompt }}|{{ tools is none }}|';
    expect(render(`${source}{{ thinking is defined }}`)).toBe('<s>|</s>|true|true|false');
    expect(render('{{ enable_thinking }}', { enable_thinking: false })).toBe('false');
  });

  test('blocks are trimmed', () => {
    expect(render('a\n  {% if true %}\nb\n  {% endif %}\nc')).toBe('a\nb\nc');
  });

  test('range, strftime_now and raise_exception', () => {
    expect(render('{% for i in range(2, 8, 3) %}{{ i }},{% endfor %}')).toBe('2,5,');
    expect(render('{% for i in range(3, 0, -1) %}{{ i }}{% endfor %}')).toBe('321');
    expect(render("{{ strftime_now('%Y') | length }}")).toBe('4');
    expect(codeOf(() => render("{{ raise_exception('Roles must alternate') }}"))).toBe(
      'chat_template_refused: The chat template of this model refuses these messages: Roles must alternate',
    );
  });

  test('strip with an argument takes those characters only, as in Python', () => {
    expect(render(`[{{ '\\n x \\n'.strip('\\n') }}]`)).toBe('[ x ]');
    expect(render(`[{{ 'abcba'.lstrip('ab') }}|{{ 'abcba'.rstrip('ab') }}]`)).toBe('[cba|abc]');
    expect(render(`[{{ '  x '.strip() }}]`)).toBe('[x]');
  });

  test('filters, macros, call blocks and namespaces work under the limits', () => {
    const source =
      "{% macro tag(name) %}<{{ name }}>{{ caller() if caller else '' }}</{{ name }}>{% endmacro %}" +
      "{% call tag('b') %}x{% endcall %}{{ tag('i') }}" +
      "{% filter upper %}abc{% endfilter %}{{ [3, 1, 2] | sort | join('-') }}" +
      "{{ {'a': [1, {'b': none}]} | tojson(indent=1) }}{{ 'a-b' | replace('-', '+') }}" +
      '{{ messages | map(attribute="role") | list | length }}{{ messages[::-1][0].content[:3] }}' +
      "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}";
    expect(render(source)).toBe(
      '<b>x</b><i></i>ABC1-2-3{\n "a": [\n  1,\n  {\n   "b": null\n  }\n ]\n}a+b3xxx2',
    );
  });
});

test('templates render as Jinja2 renders them', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'));
  const chats: Record<string, TemplateVariables['messages']> = read('chats.json');
  const rows: { template: string; chat: string; options: object; text: string }[] =
    read('rendered.json');
  const sources: Record<string, string> = { ...fixtures };
  for (const { template, chat, options, text } of rows) {
    const own = { messages: chats[chat], bos_token: '<B>', eos_token: '<E>', ...options };
    expect(render(sources[template], own), `${template}, ${chat}`).toBe(text);
  }
  expect(rows.length).toBeGreaterThan(100);
});

describe('a hostile template is stopped', () => {
  const doubling = (times: number, value: string, grow: string) =>
    `{% set ns = namespace(x=${value}) %}{% for i in range(${times}) %}{% set ns.x = ${grow} %}{% endfor %}`;
  const big = doubling(19, "'a'", 'ns.x ~ ns.x'); // 524,288 characters, which is allowed
  const list = doubling(14, '[1]', 'ns.x + ns.x');
  const hostile: Record<string, string> = {
    'a huge range': '{% for i in range(10**9) %}x{% endfor %}',
    'a range in a range':
      '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
    'a doubled string': doubling(60, "'ab'", 'ns.x ~ ns.x'),
    'a doubled list': doubling(60, '[1]', 'ns.x + ns.x'),
    'a list of itself twice, printed': `${doubling(60, '[1]', '[ns.x, ns.x]')}{{ ns.x }}`,
    'a deep list as JSON': `${doubling(5000, '[1]', '[ns.x]')}{{ ns.x | tojson }}`,
    'a namespace in itself':
      '{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}{{ ns | tojson }}',
    'a namespace in a list': '{% set ns = namespace() %}{% set ns.a = [ns, ns] %}{{ ns.a }}',
    'replace that multiplies': `${big}{{ ns.x.replace('a', ns.x) }}`,
    'the filter of that name': `${big}{{ ns.x | replace('a', ns.x) }}`,
    'replace of nothing': `${big}{{ ns.x.replace('', ns.x) }}`,
    'a wide indent': `{{ 'a\\nb' | indent(10**9) }}`,
    'a wide indent of many lines': `${doubling(17, "'a\\n'", 'ns.x ~ ns.x')}{{ ns.x | indent(64) | indent(64) | indent(64) }}`,
    'wide JSON': '{{ messages | tojson(indent=10**8) }}',
    'JSON with long separators': `${big}{{ [1, 2, 3] | tojson(separators=(ns.x, ns.x)) }}`,
    'a long join': `${big}${list.replaceAll('ns', 'ls')}{{ ls.x | join(ns.x) }}`,
    'a split again and again': `${big}{% for i in range(99999) %}{% set y = ns.x.split('a') %}{% endfor %}`,
    'a slice again and again': `${big}{% for i in range(99999) %}{% set y = ns.x[1:] %}{% endfor %}`,
    'a search again and again': `${big}{% for i in range(99999) %}{{ ns.x in ns.x }}{% endfor %}`,
    'printing a list again and again': `${list}{% for i in range(99999) %}{{ ns.x }}{% endfor %}`,
    'a block that grows': `${big}{% set y %}{% for i in range(99999) %}{{ ns.x }}{% endfor %}{% endset %}{{ y }}`,
    'a macro that calls itself': '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    'a macro that calls itself twice':
      '{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}',
    'macros again and again': `{% for i in range(99999) %}{% macro f() %}${'{{ a }}'.repeat(9000)}{% endmacro %}{% endfor %}`,
    'the time again and again':
      "{% for i in range(99999) %}{% for j in range(9) %}{{ strftime_now('%B') }}{% endfor %}{% endfor %}",
    'unknown names again and again':
      '{% for i in range(99999) %}{% if a or b or c or d or e %}{% endif %}{% endfor %}',
    'arguments spread into a filter': "{{ 'x' | indent(*[10**9]) }}",
    'sorting again and again': `${list}{% for i in range(99999) %}{% set y = ns.x | sort %}{% endfor %}`,
    'too long a source': 'x'.repeat(templateLimits.sourceChars + 1),
    'a deep expression': `{{ ${'('.repeat(60_000)}1${')'.repeat(60_000)} }}`,
    'deep blocks': '{% if true %}'.repeat(9000),
    'many unclosed tags': '{% '.repeat(40_000),
    'many strings that do not end': `{{ ${"'".repeat(99_999)}`,
  };

  for (const [name, source] of Object.entries(hostile)) {
    test(name, () => {
      const before = performance.now();
      expect(codeOf(() => render(source))).toMatch(/^chat_template_(limit|broken): /);
      expect(performance.now() - before).toBeLessThan(templateLimits.timeMs + 3000);
    });
  }

  test('and so are 1,500 mutations of good ones: a prompt or one of our errors, never a hang', () => {
    const random = mulberry32(5);
    const below = (n: number) => Math.floor(random() * n);
    const sources = Object.values(fixtures);
    const pieces = [
      '{%',
      '%}',
      '{{',
      '}}',
      "'",
      '(',
      ')',
      '[',
      ']',
      ' for ',
      'range(10**9)',
      '*',
      '|',
      '-',
      '~',
    ];
    for (let i = 0; i < 1500; i++) {
      let source = sources[below(sources.length)];
      for (let edits = 1 + below(3); edits > 0; edits--) {
        const at = below(source.length);
        const cut = below(3) === 0 ? below(30) : below(3);
        source = source.slice(0, at) + pieces[below(pieces.length)] + source.slice(at + cut);
      }
      expect(codeOf(() => render(source))).toMatch(/^(chat_template_\w+: |nothing thrown)/);
    }
  });
});

test('long honest chats stay under the limits and render fast', () => {
  const messages = Array.from({ length: 4000 }, (_, i) => ({
    role: i % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content: `message ${i} `.repeat(1 + (i % 40)),
  }));
  for (const source of Object.values(fixtures)) {
    const text = render(source, { messages });
    expect(text).toContain('message 3999');
  }
  const indexed =
    '{% for m in messages %}{% if messages[loop.index0 - 1].role != m.role and messages | length > 1 %}{{ m.content }}{% endif %}{% endfor %}';
  expect(render(indexed, { messages })).toContain('message 3999');
  expect(
    render('{{ messages[0].content }}', { messages: [{ role: 'user', content: 'y'.repeat(4e6) }] }),
  ).toHaveLength(4e6);
});
