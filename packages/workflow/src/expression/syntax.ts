import type { ExpressionProblem } from './ast.ts';

/** What the parser's error means to who wrote the expression. Codes: https://docs.jsonata.org/errors */
export function syntaxProblem(source: string, error: unknown): ExpressionProblem {
  const { code, position, token } = details(error);
  const end = Math.min(position ?? source.length, source.length);
  const shown = token === undefined || token === '(end)' ? undefined : token;
  const found = Math.max(0, shown === undefined ? end - 1 : end - shown.length);
  const offset = /^(?:=|\{\{)/.test(source) ? 0 : found;
  const habit = foreignHabit(source, offset);
  const [message, hint] = habit ?? wording(code, shown);
  return { code: code === 'S0217' ? 'node' : 'syntax', message, hint, offset, length: Math.max(1, end - offset) };
}

function details(error: unknown): { code: string; position: number | undefined; token: string | undefined } {
  const [code, position, token] = ['code', 'position', 'token'].map((key) =>
    typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined,
  );
  return {
    code: typeof code === 'string' ? code : '',
    position: typeof position === 'number' ? position : undefined,
    token: typeof token === 'string' ? token : undefined,
  };
}

/** What people write who know another language. */
function foreignHabit(source: string, offset: number): readonly [string, string] | undefined {
  if (source.startsWith('=')) return ['This is an expression already: no = goes before it.', 'Take the = out.'];
  if (source.startsWith('{{')) return ['{{ }} is for texts; this is an expression already.', 'Take {{ and }} out.'];
  if (/[‘’“”]/.test(source)) return ['These quotes are not straight.', "Put the text in straight quotes: 'text'."];
  const word = /^(?:AND|OR|And|Or|IN|In)(?![\p{L}\d_])/u.exec(source.slice(offset))?.[0];
  if (word !== undefined) return [`\`${word}\` is not an operator.`, `Write ${word.toLowerCase()} in small letters.`];
  if (/(?:^|[\s(])not[\s$]*$/i.test(source.slice(0, offset))) return ['`not` is a function.', 'Write $not(…).'];
  const around = source.slice(Math.max(0, offset - 2), offset + 3);
  if (/[=!]==?/.test(around) && !/^[^=]*!=[^=]*$/.test(around)) {
    return ['`==` is not an operator.', 'Write = for “is” and != for “is not”.'];
  }
  if (around.includes('&&')) return ['`&&` is not an operator.', 'Write and.'];
  if (around.includes('||')) return ['`||` is not an operator.', 'Write or.'];
  if (around.includes('<>')) return ['`<>` is not an operator.', 'Write !=.'];
  if (around.includes('??') || around.includes('?:')) {
    return ['`??` and `?:` are not operators.', 'Write $exists($x) ? $x : … instead.'];
  }
  if (/!(?!=)/.test(around)) return ['`!` is not an operator.', 'Write $not(…).'];
  return undefined;
}

function wording(code: string, token: string | undefined): readonly [string, string] {
  switch (code) {
    case 'S0101':
      return ['A text is not closed.', 'Put the same quote at its end as at its start.'];
    case 'S0105':
      return ['A quoted field name is not closed.', 'Put a backquote at its end.'];
    case 'S0106':
      return ['A comment is not closed.', 'Put */ at its end.'];
    case 'S0102':
      return ['A number is too large.', 'Write a smaller one.'];
    case 'S0103':
    case 'S0104':
      return ['A backslash in a text is followed by what it cannot stand before.', 'Write \\\\ for a backslash.'];
    case 'S0203':
    case 'S0207':
      return ['The expression ends too early.', 'Close what is open, and put a value after the last operator.'];
    case 'S0213':
      return ['A number, true, false or null cannot be a step of a path.', 'Use [0] for an item of a list.'];
    case 'S0217':
      return ['The parent operator % is not part of the language.', 'Begin the path with a variable.'];
    case 'S0301':
    case 'S0302':
      return ['A regular expression is not part of the language.', 'Use $contains or $split with a text.'];
    default:
      return [
        token === undefined ? 'The expression cannot be read.' : `\`${token}\` is not expected here.`,
        'Check the operators, commas and brackets around it.',
      ];
  }
}
