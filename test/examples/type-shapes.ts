import { readFileSync } from 'node:fs';
import type { AnySchemaObject } from 'ajv';
import ts from 'typescript';

/** The members of an object, each as a type in words, such as `[OrderView]`, `"buy"|"sell"` or `string|null`; `?` marks optional ones. */
export type Shape = Readonly<Record<string, string>>;

/** The shapes of the interfaces in a TypeScript file. Aliases are written out. */
export function interfacesOf(path: string): ReadonlyMap<string, Shape> {
  const { statements } = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const aliases = new Map(
    statements.filter(ts.isTypeAliasDeclaration).map(({ name, type }) => [name.text, type] as const),
  );
  const wordsOf = (node: ts.TypeNode): readonly string[] => {
    if (ts.isUnionTypeNode(node)) return node.types.flatMap(wordsOf);
    if (ts.isArrayTypeNode(node)) return [`[${inOrder(wordsOf(node.elementType))}]`];
    if (ts.isLiteralTypeNode(node)) return [ts.isStringLiteral(node.literal) ? `"${node.literal.text}"` : 'null'];
    if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName)) return [ts.tokenToString(node.kind) ?? '?'];
    const alias = aliases.get(node.typeName.text);
    if (alias !== undefined) return wordsOf(alias);
    if (node.typeName.text !== 'Record') return [node.typeName.text];
    return [`{${inOrder(wordsOf(node.typeArguments![1]!))}}`];
  };
  return new Map(
    statements.filter(ts.isInterfaceDeclaration).map(({ name, members }) => {
      const properties = members.filter(ts.isPropertySignature).map(({ name: member, type, questionToken }) => {
        const key = (member as ts.Identifier).text + (questionToken === undefined ? '' : '?');
        return [key, inOrder(wordsOf(type!))] as const;
      });
      return [name.text, Object.fromEntries(properties)] as const;
    }),
  );
}

/** The shape of a schema of an OpenAPI 3.1 document; null when there is none. */
export function shapeOf(schema: AnySchemaObject | undefined): Shape | null {
  if (schema === undefined) return null;
  const required = new Set(schema.required as readonly string[] | undefined);
  return Object.fromEntries(
    Object.entries(schema.properties as Record<string, AnySchemaObject>).map(([name, each]) => [
      required.has(name) ? name : `${name}?`,
      inOrder(wordsOfSchema(each)),
    ]),
  );
}

function wordsOfSchema(schema: AnySchemaObject): readonly string[] {
  const { $ref, type, items, additionalProperties } = schema;
  const parts = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as readonly AnySchemaObject[] | undefined;
  if (parts !== undefined) return parts.flatMap(wordsOfSchema);
  if ($ref !== undefined) return [String($ref).split('/').at(-1)!];
  if (schema.enum !== undefined) return (schema.enum as unknown[]).map((value) => JSON.stringify(value));
  return [type as string | string[]].flat().map((each) => {
    if (each === 'array') return `[${inOrder(wordsOfSchema(items as AnySchemaObject))}]`;
    if (each === 'object')
      return `{${additionalProperties === true ? 'unknown' : inOrder(wordsOfSchema(additionalProperties as AnySchemaObject))}}`;
    return each === 'integer' ? 'number' : each;
  });
}

function inOrder(words: readonly string[]): string {
  return [...new Set(words)].sort().join('|');
}
