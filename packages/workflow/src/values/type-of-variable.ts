import type { TypedVariable } from '../schema.ts';
import type { Field, Type } from '../type.ts';

/**
 * The static type of the values a variable can have. How a string or number is meant (a date, money, signs
 * said one by one) is its format. The fields of an object are all optional: a caller may give some of them.
 */
export function typeOfVariable(variable: TypedVariable): Type {
  switch (variable.type) {
    case 'string':
      return variable.spoken === 'characters' || variable.spoken === 'digits'
        ? { kind: 'string', format: variable.spoken }
        : { kind: 'string' };
    case 'number':
      return { kind: 'number' };
    case 'integer':
      return { kind: 'number', integer: true };
    case 'money':
      return { kind: 'number', format: 'money', currency: variable.currency ?? 'USD' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'date':
    case 'time':
    case 'email':
    case 'phone':
      return { kind: 'string', format: variable.type };
    case 'choice':
      return {
        kind: 'string',
        values: Array.isArray(variable.values) ? variable.values : Object.keys(variable.values),
      };
    case 'object': {
      const fields = Object.entries(variable.fields).map(([name, field]): [string, Field] => [
        name,
        { type: typeOfVariable(field), optional: true },
      ]);
      return { kind: 'object', fields: Object.fromEntries(fields) };
    }
    case 'list':
      return { kind: 'list', items: typeOfVariable(variable.of) };
  }
}
