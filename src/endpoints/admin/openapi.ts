import { jsonSchemaOf, type Schema } from '../../engine/administration/schema.ts';
import { jsonText, noStore } from '../../http/respond.ts';
import { adminResource } from '../../spec/administration.ts';
import { isMap } from '../../spec/is_map.ts';
import type { Site } from '../site.ts';
import type { Operation, QueryParameter } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { PROBLEMS } from './problem.ts';
import { PAGING } from './request.ts';

type Json = Readonly<Record<string, unknown>>;

/** By site, as each is asked for it first. */
const documents = new WeakMap<Site, Promise<string>>();

/** The OpenAPI document, for anybody: it tells nothing that the manual does not. */
export async function openApiAnswer(site: Site): Promise<Response> {
  let document = documents.get(site);
  if (document === undefined) {
    document = openApi(site.engine.settings.issuer).then((made) => JSON.stringify(made));
    documents.set(site, document);
  }
  return jsonText(await document, noStore);
}

/** OpenAPI 3.1, from the table of operations. */
async function openApi(issuer: string): Promise<Json> {
  const named = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    const path = paths[operation.path] ??= {};
    const written = await operationObject(operation);
    path[operation.method.toLowerCase()] = withReferences(written, named) as Json;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ostiary administration',
      version: '1',
      description: 'docs/admin_api.md tells how to get a token, page, and change safely.',
    },
    servers: [{ url: adminResource(issuer) }],
    paths,
    components: {
      schemas: { Problem: PROBLEM, ...Object.fromEntries(named) },
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([kind, { title }]) => [kind, {
          description: title,
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        }]),
      ),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An access token of this issuer with one of the scopes ostiary:admin and ostiary:read, or the local token.',
        },
      },
    },
  };
}

/** Schemas that have a title stand once in the document, under it. */
function withReferences(value: unknown, named: Map<string, Json>): unknown {
  if (Array.isArray(value)) return value.map((each) => withReferences(each, named));
  if (!isMap(value)) return value;
  const { title, ...rest } = value;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([name, each]) => [name, withReferences(each, named)]),
  );
  if (typeof title !== 'string') {
    return title === undefined ? inner : { ...inner, title: withReferences(title, named) };
  }
  named.set(title, inner);
  return { $ref: `#/components/schemas/${title}` };
}

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { enum: Object.keys(PROBLEMS).map((kind) => `urn:ostiary:problem:${kind}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901, as the fragment of a URI.' },
          parameter: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

async function operationObject(operation: Operation): Promise<Json> {
  const { id, tag, summary, scope, body, mediaType = 'application/json', isBodyOptional } =
    operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: [{ token: [scope] }],
    parameters: parametersOf(operation),
    ...body !== undefined && {
      requestBody: {
        required: isBodyOptional !== true,
        content: { [mediaType]: { schema: await jsonSchemaOf(body.schema) } },
      },
    },
    responses: await responsesOf(operation),
  };
}

function parametersOf(
  { path, query = {}, isPaged, ifMatch, hasEtag, method }: Operation,
): readonly Json[] {
  const inPath = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries({ ...query, ...isPaged && PAGING }).map((
    [name, { help, ...parameter }],
  ) => ({
    name,
    in: 'query',
    required: false,
    description: help,
    schema: schemaOfParameter(parameter),
  }));
  const header = (name: string, required: boolean) => ({
    name,
    in: 'header',
    required,
    schema: { type: 'string' },
  });
  return [
    ...inPath,
    ...inQuery,
    ...ifMatch === undefined ? [] : [header('If-Match', ifMatch === 'required')],
    ...hasEtag !== undefined && method === 'GET' ? [header('If-None-Match', false)] : [],
  ];
}

function schemaOfParameter({ type, oneOf }: Omit<QueryParameter, 'help'>): Json {
  return { type, ...oneOf !== undefined && { enum: oneOf } };
}

async function responsesOf(operation: Operation): Promise<Json> {
  const { status = 200, response, hasEtag, method } = operation;
  const refusals = refusalsOf(operation).map((kind) => [
    String(PROBLEMS[kind].status),
    { $ref: `#/components/responses/${kind}` },
  ]);
  return {
    [status]: await successOf(response, hasEtag),
    ...hasEtag !== undefined && method === 'GET' &&
      { 304: { description: 'It is still as If-None-Match says.' } },
    ...Object.fromEntries(refusals),
  };
}

async function successOf(response: Schema | undefined, hasEtag: true | undefined): Promise<Json> {
  return {
    description: response === undefined ? 'It is done.' : 'It is done, or found.',
    ...hasEtag !== undefined && { headers: { ETag: { schema: { type: 'string' } } } },
    ...response !== undefined && {
      content: { 'application/json': { schema: await jsonSchemaOf(response) } },
    },
  };
}

function refusalsOf({ path, body, ifMatch, scope }: Operation): readonly (keyof typeof PROBLEMS)[] {
  return [
    'invalid_request',
    'invalid_token',
    'insufficient_scope',
    ...path.includes('{') ? ['not_found'] as const : [],
    ...scope === 'ostiary:admin' ? ['conflict', 'unavailable'] as const : [],
    ...body === undefined
      ? []
      : ['body_too_large', 'unsupported_media_type', 'invalid_input'] as const,
    ...ifMatch === undefined ? [] : ['precondition_failed'] as const,
    ...ifMatch === 'required' ? ['precondition_required'] as const : [],
  ];
}
