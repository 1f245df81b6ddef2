import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import ts from 'typescript'
import { testDatabase } from '../support/database.ts'
import { tables } from '../../docs/tables.ts'
import { dumpSchema, readColumns, schemaFile, type Column } from '../support/schema.ts'

const database = await testDatabase()
after(() => database.close())

test('the committed schema is what the migrations make', async () => {
  const committed = await readFile(schemaFile, 'utf8')
  assert.ok((await dumpSchema(database.pool)) === committed, 'src/db/schema.sql is out of date: run npm run schema')
})

test('docs/tables.ts says what each table is for', async () => {
  const names = new Set((await readColumns(database.pool)).map(({ table }) => table))
  assert.deepEqual(Object.keys(tables).toSorted(), [...names].toSorted())
})

/** Tables that only hand-written SQL reads and writes, so that Kysely needs no type of them. */
const untyped = ['chores', 'event_fan_out', 'file_claims', 'rate_windows', 'review_failures']

interface TypedColumn {
  type: string
  nullable: boolean
  /** Whether an insert may leave it out. */
  optional: boolean
  /** The strings that it may hold; null if any. */
  literals: string[] | null
}

/** What the type of a column is called here; JSON and arrays of JSON are `json`. */
function familyOf(checker: ts.TypeChecker, type: ts.Type): string {
  const parts = type.isUnion() ? type.types : [type]
  const families = parts.map((one) => {
    if (one.flags & ts.TypeFlags.StringLike) return 'string'
    if (one.flags & ts.TypeFlags.NumberLike) return 'number'
    if (one.flags & ts.TypeFlags.BooleanLike) return 'boolean'
    const text = checker.typeToString(one)
    if (text === 'string[]' || text === 'Date') return text
    return text.startsWith('Buffer') ? 'Buffer' : 'json'
  })
  const different = [...new Set(families)]
  return different.length === 1 ? (different[0] ?? '') : 'json'
}

/** The columns of `Tables` as Kysely reads and inserts them, by `table.column`. */
function typedColumns(): Map<string, TypedColumn> {
  const folder = join(import.meta.dirname, '../../src/db')
  const probe = join(folder, 'probe.ts')
  const text = `
    import type { Insertable, Selectable } from 'kysely'
    import type { Tables } from './schema.ts'
    export type Read = { [T in keyof Tables]: Selectable<Tables[T]> }
    export type Inserted = { [T in keyof Tables]: Insertable<Tables[T]> }`
  const options: ts.CompilerOptions = {
    strict: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
  }
  const host = ts.createCompilerHost(options)
  const base = ts.createCompilerHost(options)
  host.fileExists = (name) => name === probe || base.fileExists(name)
  host.getSourceFile = (name, ...rest) =>
    name === probe ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024) : base.getSourceFile(name, ...rest)
  const program = ts.createProgram([probe], options, host)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(probe)
  assert.ok(source)
  const [read, inserted] = source.statements.filter(ts.isTypeAliasDeclaration).map((one) => checker.getTypeAtLocation(one))
  assert.ok(read && inserted)
  const of = (table: ts.Symbol) => checker.getTypeOfSymbol(table)
  return new Map(
    read.getProperties().flatMap((table) =>
      of(table)
        .getProperties()
        .map((column): [string, TypedColumn] => {
          const whole = of(column)
          const type = checker.getNonNullableType(whole)
          const parts = type.isUnion() ? type.types : [type]
          const literals = parts.flatMap((one) => (one.isStringLiteral() ? [one.value] : []))
          const insert = inserted.getProperty(table.name)
          const asInserted = insert && of(insert).getProperty(column.name)
          return [
            `${table.name}.${column.name}`,
            {
              type: familyOf(checker, type),
              nullable: type !== whole,
              optional: asInserted === undefined || (asInserted.flags & ts.SymbolFlags.Optional) !== 0,
              literals: literals.length === parts.length ? literals.toSorted() : null,
            },
          ]
        }),
    ),
  )
}

const inTypes = typedColumns()

/** How pg reads a column's type, with the parsers of src/db/connect.ts. */
const families: Readonly<Record<string, string>> = {
  uuid: 'string',
  text: 'string',
  xid8: 'string',
  date: 'string',
  integer: 'number',
  smallint: 'number',
  bigint: 'number',
  'double precision': 'number',
  boolean: 'boolean',
  'timestamp with time zone': 'Date',
  bytea: 'Buffer',
  'text[]': 'string[]',
  jsonb: 'json',
}

const nameOf = ({ table, name }: Column): string => `${table}.${name}`

test('the table types name the tables and columns of the database, with its types and nulls', async () => {
  const inDatabase = (await readColumns(database.pool)).filter(({ table }) => !untyped.includes(table))
  assert.deepEqual([...inTypes.keys()].toSorted(), inDatabase.map(nameOf).toSorted())
  const wrong = inDatabase.flatMap((column) => {
    const typed = inTypes.get(nameOf(column))
    assert.ok(typed)
    const say = (what: string) => [`${nameOf(column)}: ${what}`]
    if (typed.type !== families[column.type]) return say(`${column.type} in the database, ${typed.type} in the types`)
    if (typed.nullable !== column.nullable) return say(column.nullable ? 'nullable in the database' : 'not null in the database')
    if (typed.optional && !column.nullable && column.filled === null) return say('an insert must name it')
    return []
  })
  assert.deepEqual(wrong, [])
})

test('a column that the database restricts to some strings has the type of those strings', async () => {
  const checks = await database.pool.query<{ column: string; text: string }>(`
    select conrelid::regclass || '.' || a.attname as column, pg_get_constraintdef(c.oid) as text
    from pg_constraint c join pg_attribute a on a.attrelid = conrelid and conkey = array[a.attnum]
    where contype = 'c' and connamespace = 'public'::regnamespace`)
  const wrong = checks.rows.flatMap(({ column, text }) => {
    const typed = inTypes.get(column)
    const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[(.*)\]\)\)\)$/.exec(text)?.[1]
    if (typed === undefined || list === undefined) return []
    const strings = [...list.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '').toSorted()
    return JSON.stringify(strings) === JSON.stringify(typed.literals) ? [] : [{ column, strings, typed: typed.literals }]
  })
  assert.deepEqual(wrong, [])
})
