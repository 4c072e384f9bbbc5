import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../base/mulberry32.ts';
import { deepseekR1Syntax } from './deepseek-r1-syntax.ts';
import { deepseekV31Syntax } from './deepseek-v31-syntax.ts';
import { dsmlSyntax } from './dsml-syntax.ts';
import { hermesSyntax } from './hermes-syntax.ts';
import { plainSyntax } from './plain-syntax.ts';
import { newCallId, ToolCallParser, type ToolPiece } from './tool-call-parser.ts';
import type { ToolSyntax } from './tool-syntax.ts';

const syntaxes = [
  ...[deepseekR1Syntax, deepseekV31Syntax, hermesSyntax, plainSyntax],
  ...[dsmlSyntax('function_calls'), dsmlSyntax('tool_calls')],
];
const names = ['get', 'get_weather', 'mcp.put-1'];
const named = (syntax: ToolSyntax, i: number) => `${syntax.name} ${i}`;

interface Read {
  text: string;
  readonly calls: { id: string; name: string; arguments: string }[];
}

/** What a client makes of the pieces. Holds them to the contract: a call, then its arguments. */
function collect(pieces: readonly ToolPiece[]): Read {
  const read: Read = { text: '', calls: [] };
  for (const piece of pieces) {
    if (piece.type === 'text') read.text += piece.text;
    else if (piece.type === 'toolCall') {
      expect(piece.index).toBe(read.calls.length);
      read.calls.push({ id: piece.id, name: piece.name, arguments: '' });
    } else {
      expect(piece.index).toBe(read.calls.length - 1);
      expect(piece.text).not.toBe('');
      read.calls[piece.index]!.arguments += piece.text;
    }
  }
  return read;
}

function parserOf(syntax: ToolSyntax) {
  let count = 0;
  return new ToolCallParser(syntax, names, () => `id ${count++}`);
}

function parse(syntax: ToolSyntax, parts: readonly string[]): Read {
  const parser = parserOf(syntax);
  return collect([...parts.flatMap((part) => parser.push(part)), ...parser.flush()]);
}

function write(syntax: ToolSyntax, calls: readonly (readonly [string, string])[]): string {
  const { listStart, callStart, bodyOf, callEnd, between, listEnd } = syntax;
  const each = calls.map(([name, args]) => callStart(name) + bodyOf(args) + callEnd);
  return listStart + each.join(between) + listEnd;
}

const args = [
  '{"city": "Paris", "days": 3, "deep": {"a": [1, {"b": "}]"}], "n": null}, "on": true}',
  '{"q": "a \\"quote\\" \\\\ \\n </｜DSML｜parameter ```json {<tool_call>} 你好 🙂 \\u0007"}',
  '{}',
];

describe.each(syntaxes.map((syntax, i) => [named(syntax, i), syntax] as const))(
  '%s',
  (_, syntax) => {
    const both = `Let me see.${syntax.gap}${write(syntax, [
      ['get_weather', args[0]!],
      ['mcp.put-1', args[1]!],
      ['get', args[2]!],
    ])}`;

    test('calls that it writes are read back, text before them too', () => {
      const { text, calls } = parse(syntax, [both]);
      expect(text).toBe('Let me see.');
      expect(calls.map(({ id, name }) => [id, name])).toEqual([
        ['id 0', 'get_weather'],
        ['id 1', 'mcp.put-1'],
        ['id 2', 'get'],
      ]);
      expect(calls.map((call) => JSON.parse(call.arguments))).toEqual(
        args.map((a) => JSON.parse(a)),
      );
    });

    test('however it is cut into pieces', () => {
      const whole = parse(syntax, [both]);
      const letters = [...both];
      for (let i = 0; i <= letters.length; i++) {
        const parts = [letters.slice(0, i).join(''), letters.slice(i).join('')];
        expect(parse(syntax, parts), `cut at ${i}`).toEqual(whole);
      }
      expect(parse(syntax, letters)).toEqual(whole);
      const random = mulberry32(1);
      for (let n = 0; n < 50; n++) expect(parse(syntax, cut(both, random))).toEqual(whole);
    });

    test('arguments come as they are written, the name before them', () => {
      const parser = parserOf(syntax);
      const long = JSON.stringify({ q: 'x'.repeat(300) });
      const text = write(syntax, [['get', long]]);
      const start = text.indexOf('xxx');
      const before = collect([...text.slice(0, start + 100)].flatMap((c) => parser.push(c)));
      expect(before.calls[0]!.name).toBe('get');
      expect(before.calls[0]!.arguments.length).toBeGreaterThan(90);
    });

    test('the arguments are kept as they were written, to be written so again', () => {
      const parser = parserOf(syntax);
      parser.push(both);
      parser.flush();
      expect(parser.calls.map(({ body }) => body)).toEqual(args.map((each) => syntax.bodyOf(each)));
    });

    test('text that only looks like a call is text, to the letter', () => {
      const marker = syntax.markers[0]!;
      const start = syntax.listStart + syntax.callStart('get');
      const texts = [
        'no call at all\n\n',
        ` ${marker}`,
        `${marker} and so on\n`,
        `${marker}${marker}`,
        marker.slice(0, -1),
        write(syntax, [['unknown', '{"a": 1}']]),
        start.slice(0, start.indexOf('get') + 2),
        `in a sentence: ${marker} means a call`,
        '<',
        '</',
        '{"name": "get", "arguments": {}}',
        '```json\n{}\n```',
      ];
      for (const text of texts) {
        expect(parse(syntax, [text]), text).toEqual({ text, calls: [] });
        expect(parse(syntax, [...text]), text).toEqual({ text, calls: [] });
      }
    });

    test('a reply that is cut within a call has the call as far as it came', () => {
      const one = write(syntax, [['get_weather', args[0]!]]);
      const whole = parse(syntax, [one]).calls[0]!.arguments;
      for (let i = 0; i < one.length; i++) {
        const { text, calls } = parse(syntax, [one.slice(0, i)]);
        if (calls.length === 0) expect(text).toBe(one.slice(0, i));
        else expect(text).toBe('');
        // Half of DSML's end of a value may be the value's own letters.
        const known = calls.map((call) => call.arguments.replace(/<\/?[^"}]*$/, ''));
        for (const each of known) expect(whole.startsWith(each), one.slice(0, i)).toBe(true);
      }
    });

    test('text after calls is text, and calls may follow it', () => {
      const call = write(syntax, [['get', '{"a": 1}']]);
      const { text, calls } = parse(syntax, [...`one ${call}\n two ${call} three`]);
      expect(text.replace(/\s+/g, ' ')).toMatch(/^one ?two ?three$/);
      expect(calls.map((each) => JSON.parse(each.arguments))).toEqual([{ a: 1 }, { a: 1 }]);
    });

    test('fuzz: never a crash, every word is somewhere, and cuts change nothing', () => {
      const random = mulberry32(7);
      const { markers, listStart, callEnd, listEnd, between, gap } = syntax;
      const parts = [
        ...[...markers, ...syntax.tokens, listStart, callEnd, listEnd, between, gap, '\n', ' '],
        ...[syntax.callStart('get'), syntax.callStart('nobody'), syntax.bodyOf(args[1]!), '{', '}'],
        ...[
          '"',
          '\\',
          '{"a": ',
          '[',
          ']',
          '```',
          'json',
          '```json\n',
          '<',
          '</',
          '>',
          'get',
          '\u0000',
        ],
        ...[
          '<｜DSML｜parameter name="a" string="true">',
          '<｜DSML｜parameter name="b" string="false">',
        ],
        ...[
          '</｜DSML｜parameter>',
          '{"name": "get", "arguments": ',
          '{"arguments": {}, "name": "get"}',
        ],
      ];
      for (let n = 0; n < 250; n++) {
        let input = '';
        for (let i = 0; i < 12; i++) {
          input += random() < 0.3 ? `w${n}x${i}w` : parts[Math.floor(random() * parts.length)];
        }
        const whole = parse(syntax, [input]);
        expect(parse(syntax, cut(input, random)), JSON.stringify(input)).toEqual(whole);
        const found = whole.text + whole.calls.map((call) => call.arguments).join(' ');
        for (const word of input.match(/w\d+x\d+w/g) ?? []) {
          if (!isInTag(input, word)) expect(found, JSON.stringify(input)).toContain(word);
        }
        if (whole.calls.length === 0) expect(whole.text).toBe(input);
      }
    });
  },
);

/** Half a DSML tag at the end of a reply is nobody's. */
function isInTag(input: string, word: string): boolean {
  const before = input.slice(0, input.indexOf(word));
  const tag = before.lastIndexOf('<｜DSML｜parameter');
  return tag >= 0 && !before.slice(tag).includes('>');
}

function cut(text: string, random: () => number): string[] {
  const parts: string[] = [''];
  for (const letter of text) {
    if (random() < 0.3) parts.push('');
    parts[parts.length - 1] += letter;
  }
  return parts;
}

const one = (syntax: ToolSyntax, text: string) => {
  const read = parse(syntax, [text]);
  expect(parse(syntax, [...text])).toEqual(read);
  return { text: read.text, calls: read.calls.map((call) => [call.name, call.arguments]) };
};

describe('what models leave out or add', () => {
  const list = deepseekR1Syntax.listStart;
  const call = '<｜tool▁call▁begin｜>';
  const end = '<｜tool▁call▁end｜>';

  test('the json of the fence never reaches the arguments', () => {
    for (const fence of ['```json\n', '```\n', 'json\n', '```json', '']) {
      const text = `${list}${call}function<｜tool▁sep｜>get\n${fence}{"a": 1}\n\`\`\`${end}`;
      expect(one(deepseekR1Syntax, text)).toEqual({ text: '', calls: [['get', '{"a": 1}']] });
    }
  });

  test('a call without the list around it, or without any end', () => {
    expect(one(deepseekV31Syntax, `Hm. ${call}get<｜tool▁sep｜>{"a":1}`)).toEqual({
      text: 'Hm.',
      calls: [['get', '{"a":1}']],
    });
    const invoke = '<｜DSML｜invoke name="get">\n<｜DSML｜parameter name="a" string="true">x y';
    const rest = '</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>';
    expect(one(dsmlSyntax('tool_calls'), `ok\n\n${invoke}${rest}`)).toEqual({
      text: 'ok',
      calls: [['get', '{"a": "x y"}']],
    });
    expect(one(hermesSyntax, '<tool_call>{"name":"get","arguments":{"a":1}')).toEqual({
      text: '',
      calls: [['get', '{"a":1}']],
    });
  });

  test('R1 and V3.1 understand each other', () => {
    const fenced = write(deepseekR1Syntax, [['get', '{"a": 1}']]);
    const bare = write(deepseekV31Syntax, [['get', '{"a": 1}']]);
    for (const syntax of [deepseekR1Syntax, deepseekV31Syntax]) {
      for (const text of [fenced, bare]) {
        expect(one(syntax, text)).toEqual({ text: '', calls: [['get', '{"a": 1}']] });
      }
    }
  });

  test('no arguments are an empty object', () => {
    expect(one(deepseekV31Syntax, `${list}${call}get<｜tool▁sep｜>${end}`).calls).toEqual([
      ['get', '{}'],
    ]);
    expect(one(hermesSyntax, '<tool_call>{"name": "get"}</tool_call>').calls).toEqual([
      ['get', '{}'],
    ]);
    expect(one(plainSyntax, '<function=get></function>').calls).toEqual([['get', '{}']]);
  });

  test('hermes: members in any order, arguments as a text, the name parameters', () => {
    const forms = [
      '{"arguments": {"a": 1}, "name": "get"}',
      '{"name": "get", "arguments": "{\\"a\\": 1}"}',
      '{"id": 7, "name": "get", "parameters": {"a": 1}}',
      '{"name" :"get" , "parameters": {"a": 1}}',
    ];
    for (const form of forms) {
      const { text, calls } = one(hermesSyntax, `<tool_call>\n${form}\n</tool_call>`);
      expect(text).toBe('');
      expect(calls.map(([name, args]) => [name, JSON.parse(args!)])).toEqual([['get', { a: 1 }]]);
    }
    const text = '<tool_call>\n{"name": "get", "arguments": [1]}\n</tool_call>';
    expect(one(hermesSyntax, text)).toEqual({ text, calls: [] });
  });

  test('line breaks in texts are escaped', () => {
    const { calls } = one(plainSyntax, '<function=get>{"a": "x\n\ty"}</function>');
    expect(calls).toEqual([['get', '{"a": "x\\n\\ty"}']]);
  });

  test('DSML: either name of the block, no word on the type, values that are no JSON', () => {
    for (const block of ['tool_calls', 'function_calls'] as const) {
      const text =
        `<｜DSML｜${block}>\n<｜DSML｜invoke name="get">\n` +
        '<｜DSML｜parameter name="a">x</｜DSML｜parameter>\n' +
        '<｜DSML｜parameter name="b" string="false">sunny</｜DSML｜parameter>\n' +
        `</｜DSML｜invoke>\n</｜DSML｜${block}>`;
      for (const syntax of [dsmlSyntax('tool_calls'), dsmlSyntax('function_calls')]) {
        expect(one(syntax, text).calls).toEqual([['get', '{"a": "x", "b": "sunny"}']]);
      }
    }
  });
});

test('long input that never becomes a call is read in a moment', () => {
  const endless = `<tool_call>${' '.repeat(30_000)}`;
  expect(parse(hermesSyntax, [...endless])).toEqual({ text: endless, calls: [] });
  const other = `<tool_call>{"arguments": {"a": "${'x'.repeat(15_000)}"}, "name": "get"}`;
  expect(parse(hermesSyntax, [...other]).calls).toHaveLength(1);
  const value = `["${'x'.repeat(15_000)}"]`;
  const parameter = `<｜DSML｜parameter name="a" string="false">${value}</｜DSML｜parameter>`;
  const invoke = `<｜DSML｜invoke name="get">\n${parameter}\n</｜DSML｜invoke>`;
  expect(parse(dsmlSyntax('tool_calls'), [...invoke]).calls).toHaveLength(1);
});

test('ids are call_ and 24 letters or digits, and never the same', () => {
  const ids = Array.from({ length: 1000 }, newCallId);
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^call_[0-9A-Za-z]{24}$/);
});
