import { describe, expect, test } from 'vitest';
import { compileRowShaper } from '../../../src/core/row-shaper.ts';
import { loadStreamSchema, type StreamSchema } from '../../../src/core/schema.ts';

const SCHEMA: StreamSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    at: { type: ['null', 'string'], format: 'date-time' },
    count: { type: ['null', 'integer'] },
    price: { type: ['null', 'number'] },
    open: { type: ['null', 'boolean'] },
    person: {
      type: ['null', 'object'],
      properties: { name: { type: ['null', 'string'] }, born: { type: ['null', 'string'], format: 'date-time' } },
    },
    tags: { type: ['null', 'array'], items: { type: ['null', 'string'] } },
    steps: {
      type: ['null', 'array'],
      items: { type: ['null', 'object'], properties: { at: { type: ['null', 'string'], format: 'date-time' } } },
    },
    free: { type: ['null', 'object'] },
    extra_fields: { type: ['null', 'object'] },
  },
};

function shaper(selected?: (path: readonly string[]) => boolean) {
  const told: string[] = [];
  const shape = compileRowShaper(
    SCHEMA,
    ['id'],
    {
      undeclared: (field) => told.push(`undeclared ${field}`),
      mismatch: (path, expected) => told.push(`${path}: not ${expected}`),
    },
    selected,
  );
  return { shape, told };
}

describe('every row has the declared columns, of the declared types', () => {
  test('columns that the vendor leaves out are null, in the order of the schema', () => {
    const { data, changes } = shaper().shape({ id: 'a' });
    expect(Object.keys(data)).toEqual(Object.keys(SCHEMA.properties));
    expect(Object.values(data).slice(1)).toEqual(Array(9).fill(null));
    expect(changes).toBeUndefined();
  });

  test('what can be converted is', () => {
    const { shape, told } = shaper();
    const { data, changes } = shape({
      id: 17,
      at: 1384790802,
      count: '5',
      price: '1.50',
      open: 1,
      person: { name: 7, born: '' },
      tags: ['a', null, 3, undefined],
      steps: [{ at: 0 }, null],
    });
    expect(data).toMatchObject({
      id: '17',
      at: '2013-11-18T16:06:42.000Z',
      count: 5,
      price: 1.5,
      open: true,
      person: { name: '7', born: null },
      tags: ['a', '3'],
      steps: [{ at: '1970-01-01T00:00:00.000Z' }],
    });
    expect(changes).toBeUndefined();
    expect(told).toEqual([]);
  });

  test('what cannot be converted becomes null, is listed, and is kept in extra_fields under its place', () => {
    const { shape, told } = shaper();
    const { data, changes } = shape({
      id: 'a',
      at: 'soon',
      count: 1.5,
      price: Infinity,
      open: 'maybe',
      person: 'Mary',
      tags: 'sales',
      steps: [{ at: '2024-01-01' }, { at: 'later' }, 'text'],
    });
    expect(data).toMatchObject({ at: null, count: null, price: null, open: null, person: null, tags: null });
    expect(data['steps']).toEqual([{ at: '2024-01-01T00:00:00.000Z' }, { at: null }]);
    expect(data['extra_fields']).toEqual({
      at: 'soon',
      count: 1.5,
      price: Infinity,
      open: 'maybe',
      person: 'Mary',
      tags: 'sales',
      'steps[1].at': 'later',
      'steps[2]': 'text',
    });
    expect(changes?.map((change) => change.field)).toEqual('at count price open person tags steps'.split(' '));
    shape({ id: 'b', at: 'never' });
    expect(told).toEqual([
      'at: not a time',
      'count: not a whole number',
      'price: not a number',
      'open: not true or false',
      'person: not an object',
      'tags: not a list',
      'steps.at: not a time',
      'steps: not an object',
    ]);
  });

  test('numbers beyond 2^53 are no integers: they have lost digits already', () => {
    expect(shaper().shape({ id: 'a', count: 2 ** 53 }).data['count']).toBeNull();
  });
});

describe('undeclared fields', () => {
  test('move to extra_fields, and are told of once', () => {
    const { shape, told } = shaper();
    expect(shape({ id: 'a', rate: 'good', deep: { x: [1] } }).data['extra_fields']).toEqual({
      rate: 'good',
      deep: { x: [1] },
    });
    expect(shape({ id: 'b', rate: 'bad' }).data['extra_fields']).toEqual({ rate: 'bad' });
    expect(shape({ id: 'c' }).data['extra_fields']).toBeNull();
    expect(told).toEqual(['undeclared rate', 'undeclared deep']);
  });

  test('stay where they are inside columns', () => {
    const { data } = shaper().shape({ id: 'a', person: { name: 'x', shoe: 43 }, free: { any: [1] } });
    expect(data['person']).toEqual({ name: 'x', shoe: 43 });
    expect(data['free']).toEqual({ any: [1] });
    expect(data['extra_fields']).toBeNull();
  });

  test('may be called __proto__', () => {
    const row = JSON.parse('{"id":"a","__proto__":{"polluted":true}}');
    const { data } = shaper().shape(row);
    expect(JSON.stringify(data['extra_fields'])).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('are not given where extra_fields is deselected', () => {
    const { data } = shaper((path) => path[0] !== 'extra_fields').shape({ id: 'a', rate: 'good' });
    expect(data).not.toHaveProperty('extra_fields');
  });
});

test('deselected columns and nested fields are left out; keys are not', () => {
  const wanted = new Set(['person', 'person.name']);
  const { data } = shaper((path) => wanted.has(path.join('.'))).shape({
    id: 'a',
    count: 1,
    person: { name: 'x', born: 0, shoe: 43 },
  });
  expect(data).toEqual({ id: 'a', person: { name: 'x', shoe: 43 } });
});

test.each([{}, { id: null }, { id: '' }, { id: {} }])('a row without its key stops the stream: %j', (row) => {
  expect(() => shaper().shape(row)).toThrow('without "id"');
});

test('every stream has the column for undeclared fields', () => {
  for (const name of ['livechat_agents', 'livechat_tickets']) {
    expect(loadStreamSchema(name).properties['extra_fields']).toBeDefined();
  }
});
