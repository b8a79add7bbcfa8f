import { describe, expect, it } from '@jest/globals';
import { type Expression, parseExpression } from '../expression/expression.ts';
import type { Type } from '../type.ts';
import {
  constantOf,
  formulaOf,
  holdsOf,
  MISSING,
  neverBoth,
  provedBy,
  provedByFailure,
  refine,
  type Tracking,
  Universe,
  valuesReadBy,
} from './condition.ts';

describe('two conditions', () => {
  const types: { readonly [name: string]: Type } = {
    plan: { kind: 'string', values: ['basic', 'gold', 'trial'] },
    paid: { kind: 'boolean' },
    city: { kind: 'string' },
    many: { kind: 'string', values: Array.from({ length: 40 }, (_, i) => `v${i}`) },
  };

  it.each([
    ['$paid', '$not($paid)', true],
    ["$plan = 'gold'", "$plan = 'basic'", true],
    ["$plan in ['gold', 'basic']", "$plan = 'trial'", true],
    ["$plan in ['gold', 'basic']", "$plan = 'basic'", false],
    ["$city = 'Rome'", "$city = 'Oslo'", true],
    ["$city = 'Rome'", "$city != 'Rome'", true],
    ["$city != 'Oslo'", "$city != 'Rome'", false],
    ["$paid and $plan = 'gold'", "$not($paid) and $plan = 'gold'", true],
    ["$paid or $plan = 'gold'", '$not($paid)', false],
    ["$city > 'A'", "$city < 'A'", false],
    // Too many values to be told apart.
    ["$many = 'v1'", "$many = 'v2'", false],
  ])('%s and %s: never both %s', (one, other, never) => {
    expect(neverBoth(expression(one), expression(other), (name) => types[name])).toBe(never);
  });
});

describe('a condition that does not hold', () => {
  it.each([
    ['$not($exists($a))', ['a']],
    ["$not($exists($a)) or $b = 'x'", ['a']],
    ["$not($a = 'x')", ['a']],
    ['($not($exists($a)) or $not($exists($b)))', ['a', 'b']],
    ['$not($exists($a)) and $not($exists($b))', []],
    // Of a yes or no that is missing, $not is missing too.
    ['$not($a)', []],
    ["$a = 'x'", []],
    ['$exists($a)', []],
  ])('proves values: %s', (source, names) => {
    expect(provedByFailure(expression(source).ast)).toEqual(names);
  });
});

function expression(source: string): Expression {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source} does not parse.`);
  return parsed.expression;
}

const PLAN = new Universe(['basic', 'gold', 'trial'], true);
const [BASIC, GOLD, TRIAL] = [PLAN.bit('basic'), PLAN.bit('gold'), PLAN.bit('trial')];
const YES_NO = new Universe([true, false], true);
const [YES, NO] = [YES_NO.bit(true), YES_NO.bit(false)];
const tracking: Tracking = {
  index: new Map([
    ['plan', 0],
    ['paid', 1],
  ]),
  universes: [PLAN, YES_NO],
};
const formula = (source: string) => formulaOf(expression(source), (name) => name === 'paid');

describe('whether a condition holds', () => {
  const any = PLAN.all;
  it.each([
    ["$plan = 'gold'", GOLD, YES, true],
    ["'gold' = $plan", GOLD | BASIC, YES, undefined],
    ["$plan = 'gold'", BASIC | MISSING, YES, false],
    // What is missing is neither equal nor unequal to anything.
    ["$plan != 'gold'", MISSING, YES, false],
    ["$plan != 'gold'", BASIC | TRIAL, YES, true],
    ["$not($plan = 'gold')", MISSING, YES, true],
    ["$plan in ['basic', 'gold']", BASIC | GOLD, YES, true],
    ["$plan in ['basic', 'gold']", TRIAL, YES, false],
    ['$exists($plan)', any, YES, undefined],
    ['$exists($plan)', MISSING, YES, false],
    ['$paid', GOLD, YES, true],
    ['$paid', GOLD, NO | MISSING, false],
    // $not of what is missing is missing, and so not true.
    ['$not($paid)', GOLD, MISSING, false],
    ['$not($paid)', GOLD, NO, true],
    ['$paid = false', GOLD, NO, true],
    ["$paid and $plan = 'gold'", GOLD, YES, true],
    ["$paid and $plan = 'gold'", any, NO, false],
    ["$paid or $plan = 'gold'", GOLD, NO, true],
    ["$paid or $other = 'x'", any, NO, undefined],
    ["$paid and $other = 'x'", any, NO, false],
    ["$not($paid and $plan = 'gold')", BASIC, YES, true],
    ['$plan', GOLD, YES, undefined],
  ])('%s', (source, plan, paid, holds) => {
    expect(holdsOf(formula(source), [plan, paid], tracking)).toBe(holds);
  });

  it.each([
    ['true', true],
    ['false', false],
    ['$not(false)', true],
    ['true or $x = 1', true],
    ['$x = 1', undefined],
  ])('whatever the variables are: %s', (source, holds) => {
    expect(constantOf(expression(source))).toBe(holds);
  });
});

describe('what is left of the values', () => {
  it.each([
    ["$plan = 'gold'", true, [GOLD, YES | NO]],
    ["$plan = 'gold'", false, [MISSING | BASIC | TRIAL, YES | NO]],
    ["$plan != 'gold'", false, [MISSING | GOLD, YES | NO]],
    ["$plan = 'gold' and $paid", true, [GOLD, YES]],
    // Which of the two does not hold is not known.
    ["$plan = 'gold' and $paid", false, [PLAN.all, YES | NO]],
    ["$plan = 'gold' or $paid", false, [MISSING | BASIC | TRIAL, NO]],
    ['$exists($plan)', false, [MISSING, YES | NO]],
  ])('%s: %s', (source, holds, left) => {
    expect(refine(formula(source), holds, [PLAN.all, YES | NO], tracking)).toEqual(left);
  });

  it('is nothing where it cannot be', () => {
    expect(refine(formula("$plan = 'gold'"), true, [BASIC, YES], tracking)).toBeUndefined();
    expect(
      refine(formula("$plan in ['basic', 'gold', 'trial']"), false, [PLAN.present, YES], tracking),
    ).toBeUndefined();
  });
});

describe('the values of a variable', () => {
  it('are open unless the type says all of them', () => {
    const open = new Universe(['a'], false);
    expect(open.bit('b')).toBe(open.bit('c'));
    expect(open.bit('b')).not.toBe(open.bit('a'));
    expect(PLAN.all).toBe(MISSING | BASIC | GOLD | TRIAL);
    expect(PLAN.present).toBe(BASIC | GOLD | TRIAL);
  });
});

describe('what an expression reads', () => {
  it.each([
    ["$order.status = 'shipped'", ['order']],
    ['$order.total > $limit', ['order', 'limit']],
    ['$exists($order) and $paid', ['order', 'paid']],
    ['$a = 1 or $a = 2', ['a']],
    ['$a = 1 or $b = 2', []],
    ['$not($exists($order))', []],
    ["$contains($name, 'x')", ['name']],
    ["$orders[status = 'open']", ['orders']],
  ])('is there where it holds: %s', (source, names) => {
    expect([...new Set(provedBy(expression(source).ast))]).toEqual(names);
  });

  it.each([
    ['$email', ['email']],
    ["'to ' & $email", ['email']],
    ["$exists($email) ? 'yes' : 'no'", []],
    ["$email = 'x' ? $name : $other", ['name', 'other']],
    ['$substring($card, 12)', ['card']],
    ['$length($card)', []],
    ['$orders[email = $email].total', ['orders']],
    ["{ 'a': $email }", ['email']],
    ['[$email, 1]', ['email']],
  ])('can come out of it: %s', (source, names) => {
    expect(valuesReadBy(expression(source).ast)).toEqual(names);
  });
});
