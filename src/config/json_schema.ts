import { toJsonSchema } from '@valibot/to-json-schema';
import { fileSchema } from './schema.ts';

/** The file's form as JSON Schema for editors; rules across options and of some strings are left to `config check`. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...toJsonSchema(fileSchema, { typeMode: 'input', errorMode: 'ignore', target: 'draft-07' }),
    title: 'Ostiary configuration',
  };
}
